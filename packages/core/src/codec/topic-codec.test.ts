import { describe, expect, it } from 'vitest';
import { typedTopic } from '../adapter/typed-topic.ts';
import type { EventLog } from '../contract/event-log.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { TopicOptions, WireFormat } from '../contract/topic-codec.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { defineEvent } from './define-event.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';

const Everything = defineEvent(
  {
    type: 'record',
    name: 'Everything',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'exact', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'day', type: { type: 'int', logicalType: 'date' } },
      { name: 'flag', type: 'boolean' },
      { name: 'small', type: 'int' },
      { name: 'large', type: 'long' },
      { name: 'rough', type: 'float' },
      { name: 'ratio', type: 'double' },
      { name: 'raw', type: 'bytes' },
      { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 4 } },
      { name: 'level', type: { type: 'enum', name: 'Level', symbols: ['free', 'paid'] } },
      { name: 'before', type: ['null', 'Level'], default: null },
      {
        name: 'price',
        type: { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 },
      },
      { name: 'note', type: ['null', 'string', 'long'], default: null },
      { name: 'mean', type: ['null', 'double'], default: null },
      { name: 'tags', type: { type: 'array', items: ['null', 'bytes'] } },
      { name: 'counts', type: { type: 'map', values: 'long' } },
      {
        name: 'place',
        type: [
          'null',
          {
            type: 'record',
            name: 'Place',
            fields: [
              { name: 'city', type: 'string' },
              { name: 'inside', type: ['null', 'Place'], default: null },
            ],
          },
        ],
        default: null,
      },
    ],
  },
  { time: 'at', key: 'id' },
);

const value = {
  id: 'a',
  at: 1_700_000_000_123,
  exact: 1_700_000_000_123_456,
  day: 19_000,
  flag: true,
  small: -7,
  large: Number.MAX_SAFE_INTEGER,
  rough: Math.fround(0.1),
  ratio: 0.1,
  raw: Uint8Array.of(0, 255, 10),
  hash: Uint8Array.of(1, 2, 3, 4),
  level: 'paid',
  before: 'free',
  price: '-12.50',
  note: 'ü "quoted"\n',
  mean: 2.5,
  tags: [null, Uint8Array.of(7)],
  counts: { a: 1, '': 2 },
  place: { city: 'Köln', inside: { city: 'Deutz', inside: null } },
} as const;
type Everything = Parameters<typeof Everything.timeOf>[0];

/** A value with others in its place, by the seed. */
function variant(seed: number): Everything {
  const random = seededRandom(seed);
  const pick = <T>(...choices: readonly T[]) => choices[Math.floor(random() * choices.length)] as T;
  return {
    ...value,
    small: pick(0, 2 ** 31 - 1, -(2 ** 31)),
    large: pick(0, -Number.MAX_SAFE_INTEGER),
    rough: pick(0, Number.NaN, Number.POSITIVE_INFINITY, Math.fround(3.4e38)),
    ratio: pick(5e-324, Number.NEGATIVE_INFINITY, 1.7976931348623157e308, -0.25),
    raw: Uint8Array.from({ length: Math.floor(random() * 9) }, () => random() * 256),
    before: pick(null, 'free', 'paid'),
    price: pick('0.00', '9999.99', '-0.01'),
    note: pick<string | number | null>(null, '', 'NaN', 15),
    mean: pick(null, 1.5, Number.NaN),
    place: pick(null, value.place),
  };
}

/** A log for each type, whose registry has no other type under the topic's name. */
const logs = new Map<unknown, EventLog>();
const topicOf = <T>(
  type: Parameters<typeof typedTopic<RecordSchema, T>>[2],
  options: TopicOptions,
) => {
  const log = logs.get(type.schema.name) ?? memoryLog();
  logs.set(type.schema.name, log);
  return typedTopic(log, 'everything', type, options);
};

/** What one topic reads of what another has written. */
async function across(from: TopicOptions, to: TopicOptions, written: Everything): Promise<unknown> {
  const { encode } = await topicOf(Everything, from).codec.encoder();
  const record = { value: encode(written) };
  const decoder = topicOf(Everything, to).codec.decoder();
  await decoder.prepare([record]);
  return decoder.decode(record);
}

const formats: readonly WireFormat[] = ['confluent', 'avro', 'single-object', 'json'];

describe.each(formats)('a topic in the format %s', (format) => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'reads what it wrote (%i)',
    async (seed) => {
      const written = variant(seed);
      expect(await across({ format }, { format }, written)).toStrictEqual(written);
    },
  );

  it('says which field of a value does not fit', async () => {
    const { encode } = await topicOf(Everything, { format }).codec.encoder();
    expect(() => encode({ ...value, small: 2 ** 31 })).toThrow(
      'cannot encode Everything: field small is number 2147483648, not int',
    );
  });

  it('refuses what is written in the others', async () => {
    for (const other of formats.filter((each) => each !== format))
      await expect(across({ format: other }, { format }, value)).rejects.toThrow(
        /^cannot decode (shop\.)?Everything: /,
      );
  });
});

const Logical = defineEvent(
  {
    type: 'record',
    name: 'Logical',
    fields: [
      { name: 'at', type: 'long' },
      { name: 'id', type: { type: 'fixed', name: 'Id', size: 16, logicalType: 'uuid' } },
      { name: 'parent', type: ['null', 'Id'], default: null },
      { name: 'other', type: { type: 'string', logicalType: 'uuid' } },
      { name: 'price', type: { type: 'string', logicalType: 'decimal', precision: 2 } },
      { name: 'seen', type: ['null', { type: 'string', logicalType: 'timestamp-millis' }] },
    ],
  },
  { time: 'at', key: 'other' },
);

it.each(formats)(
  'a topic in the format %s has UUIDs, and ignores what no type can be',
  async (format) => {
    const uuid = '00112233-4455-6677-8899-aabbccddeeff';
    const written = { at: 1, id: uuid, parent: uuid, other: 'x', price: 'free', seen: 'today' };
    const { encode } = await topicOf(Logical, { format }).codec.encoder();
    const decoder = topicOf(Logical, { format }).codec.decoder();
    const record = { value: encode(written) };
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toStrictEqual(written);
  },
);

const Reading = defineEvent(
  {
    type: 'record',
    name: 'Reading',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'exact', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
      { name: 'day', type: ['null', { type: 'int', logicalType: 'date' }] },
      { name: 'small', type: ['null', 'int'], default: null },
      { name: 'large', type: 'long', default: 3 },
      { name: 'hash', type: ['null', { type: 'fixed', name: 'Hash', size: 2 }] },
      {
        name: 'price',
        type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }],
      },
      { name: 'level', type: ['null', { type: 'enum', name: 'Level', symbols: ['free'] }] },
      {
        name: 'counts',
        type: { type: 'map', values: { type: 'array', items: 'int' } },
        default: {},
      },
    ],
  },
  { time: 'at', key: 'id' },
);

it('refuses a number that JSON has as text only, where that could be another branch', async () => {
  const Loose = defineEvent(
    {
      type: 'record',
      name: 'Loose',
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'note', type: ['string', 'double'] },
      ],
    },
    { time: 'at', key: 'note' },
  );
  const { encode } = await topicOf(Loose, { format: 'json' }).codec.encoder();
  expect(Buffer.from(encode({ at: 1, note: 1.5 })).toString()).toBe('{"at":1,"note":1.5}');
  expect(() => encode({ at: 1, note: Number.NaN })).toThrow(
    /^cannot encode Loose: field note is NaN, which JSON has as text only/,
  );
});

describe('JSON of others', () => {
  const read = (json: unknown) => {
    const text = typeof json === 'string' ? json : JSON.stringify(json);
    return topicOf(Reading, { format: 'json' })
      .codec.decoder()
      .decode({ value: Buffer.from(text) });
  };
  const given = (fields: object) => read({ id: 'a', at: 5, ...fields });

  it('may leave out what has a default or may be null, and have more', () => {
    expect(given({ more: { of: 'this' }, counts: { __proto__: 1, x: [] } })).toStrictEqual({
      id: 'a',
      at: 5,
      exact: null,
      day: null,
      small: null,
      large: 3,
      hash: null,
      price: null,
      level: null,
      counts: { x: [] },
    });
  });

  it('keeps an entry whose key is __proto__', () => {
    const { counts } = read('{"id":"a","at":5,"counts":{"__proto__":[1]}}') as {
      counts: Record<string, unknown>;
    };
    expect(Object.entries(counts)).toEqual([['__proto__', [1]]]);
  });

  it.each([
    [
      'a time as text',
      { at: '2026-03-02T10:00:00.5+01:00' },
      { at: Date.UTC(2026, 2, 2, 9, 0, 0, 500) },
    ],
    ['microseconds as text', { exact: '1970-01-01T00:00:01.000002Z' }, { exact: 1_000_002 }],
    ['a date as text', { day: '1970-01-03' }, { day: 2 }],
    ['a long as text', { large: '-12' }, { large: -12 }],
    ['a decimal as a number', { price: 1.5 }, { price: '1.50' }],
    ['a decimal as text', { price: '-01.500' }, { price: '-1.50' }],
    ['a branch that names itself', { small: { int: 4 } }, { small: 4 }],
    ['a zero with a sign', { large: -0 }, { large: 0 }],
  ])('may have %s', (_, fields, expected) => {
    expect(given(fields)).toMatchObject(expected);
  });

  it.each([
    [{ at: null }, 'field at is null, not long'],
    [{ at: undefined }, 'field at is missing, not long'],
    [{ at: 1.5 }, 'field at is number 1.5, not long'],
    [
      { at: '2026-02-30T00:00:00Z' },
      'field at is string "2026-02-30T00:00:00Z", not a time with its zone',
    ],
    [
      { at: '2026-02-03 00:00:00' },
      'field at is string "2026-02-03 00:00:00", not a time with its zone',
    ],
    [
      { at: '2026-02-03T00:00:00.0001Z' },
      'field at is string "2026-02-03T00:00:00.0001Z", finer than 3 digits of a second',
    ],
    [{ day: '2026-13-01' }, 'field day is string "2026-13-01", not a date'],
    [{ large: 2 ** 53 }, 'field large is number 9007199254740992, not long'],
    [{ small: 2 ** 31 }, 'field small is number 2147483648, not int'],
    [{ small: 'one' }, 'field small is string "one", not null or int'],
    [{ small: { long: 4 } }, 'field small is an object, not null or int'],
    [{ hash: 'AAA=' }, undefined],
    [{ hash: 'AAAA' }, 'field hash has 3 bytes, not 2'],
    [{ hash: 'no!=' }, 'field hash is string "no!=", not bytes in base64'],
    [{ price: '100.00' }, 'field price is string "100.00", with more than 4 digits'],
    [{ price: 0.001 }, 'field price is number 0.001, with more than 2 digits behind the point'],
    [{ price: 1e21 }, 'field price is number 1e+21, not a decimal'],
    [{ level: 'gold' }, 'field level is string "gold", not a symbol of Level'],
    [{ counts: { x: [1, 'two'] } }, 'field counts.x.1 is string "two", not int'],
    [{ counts: [] }, 'field counts is an array, not map'],
  ])('is refused by field, value and what it should be: %j', (fields, reason) => {
    if (reason === undefined) expect(given(fields)).toMatchObject({ id: 'a' });
    else expect(() => given(fields)).toThrow(`cannot decode Reading: ${reason}`);
  });

  it.each([
    ['[1]', 'it is an array, not record'],
    ['"text"', 'it is string "text", not record'],
    [
      '{"id":"a",',
      'it is not JSON: expected a name in double quotes, found the end, in row 1, column 11',
    ],
    ['{"id" "a"}', 'it is not JSON: expected ":", found "\\"", in row 1, column 7'],
  ])('is refused as a whole: %s', (text, reason) => {
    expect(() => read(text)).toThrow(`cannot decode Reading: ${reason}`);
  });

  it('is refused where it is not UTF-8, and may have a byte order mark', () => {
    const { decode } = topicOf(Reading, { format: 'json' }).codec.decoder();
    expect(() => decode({ value: Buffer.from('{"id":"\xff","at":5}', 'latin1') })).toThrow(
      'cannot decode Reading: it is not UTF-8',
    );
    expect(decode({ value: Buffer.from('\ufeff{"id":"a","at":5}') })).toMatchObject({ id: 'a' });
  });

  it('is refused where it never ends to nest', () => {
    const text = `{"id":"a","at":5,"counts":${'{"x":'.repeat(200_000)}1${'}'.repeat(200_000)}}`;
    expect(() => read(text)).toThrow(/^cannot decode Reading: /);
  });
});

it('has longs beyond 2^53 as text, and reads them as bigints', async () => {
  const Big = defineEvent(
    {
      type: 'record',
      name: 'Big',
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'id', type: 'long' },
        { name: 'before', type: ['null', 'long'], default: null },
      ],
    },
    { time: 'at', key: ({ id }) => String(id), longs: 'bigint' },
  );
  const { codec } = topicOf(Big, { format: 'json' });
  const { encode } = await codec.encoder();
  const { decode } = codec.decoder();
  const big = { at: 5, id: 2n ** 63n - 1n, before: -(2n ** 63n) };
  expect(decode({ value: encode(big) })).toEqual(big);
  expect(decode({ value: Buffer.from('{"at":5,"id":7}') })).toEqual({
    at: 5,
    id: 7n,
    before: null,
  });
  for (const id of ['9007199254740993', '"9223372036854775808"', '1.5'])
    expect(() => decode({ value: Buffer.from(`{"at":5,"id":${id}}`) })).toThrow(
      /^cannot decode Big: field id is .*, not long, as text where it is beyond 2\^53$/,
    );
});

describe('schemas that no registry tells', () => {
  const Old = defineEvent(
    {
      type: 'record',
      name: 'Reading',
      fields: [
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'id', type: 'string' },
      ],
    },
    { time: 'at', key: 'id' },
  );
  const New = defineEvent(
    {
      type: 'record',
      name: 'Reading',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'more', type: ['null', 'string'], default: null },
      ],
    },
    { time: 'at', key: 'id' },
  );

  it.each(['avro', 'single-object'] as const)('are given to the format %s', async (format) => {
    const { encode } = await topicOf(Old, { format }).codec.encoder();
    const options = { format, writtenWith: [Old.schema] };
    const { decode } = topicOf(New, options).codec.decoder();
    expect(decode({ value: encode({ at: 5, id: 'a' }) })).toEqual({ id: 'a', at: 5, more: null });
  });

  it('are told by the fingerprint of a single object', async () => {
    const { encode } = await topicOf(Old, { format: 'single-object' }).codec.encoder();
    const { decode } = topicOf(New, { format: 'single-object' }).codec.decoder();
    expect(() => decode({ value: encode({ at: 5, id: 'a' }) })).toThrow(
      /^cannot decode Reading: no schema of writtenWith has the fingerprint [0-9a-f]{16}$/,
    );
  });

  describe('that differ from another in logical types only', () => {
    const timed = (logicalType: string) =>
      defineEvent(
        {
          type: 'record',
          name: 'Timed',
          fields: [{ name: 'at', type: { type: 'long', logicalType } }],
        } as const,
        { time: 'at', key: () => '' },
      );
    const [millis, micros] = [timed('timestamp-millis'), timed('timestamp-micros')];
    const long = { ...millis.schema, fields: [{ name: 'at', type: 'long' }] } as const;
    const format = 'single-object' as const;

    it('are what the values of a single object were written with where they are given', async () => {
      const { encode } = await topicOf(millis, { format }).codec.encoder();
      const options = { format, writtenWith: [millis.schema] };
      const { decode } = topicOf(micros, options).codec.decoder();
      expect(decode({ value: encode({ at: 5 }) })).toEqual({ at: 5_000 });
    });

    it('are written by one of the two only', async () => {
      const message =
        'topic everything would have values of two schemas of Timed that differ in logical types only';
      const mixed = topicOf(micros, { format, writtenWith: [millis.schema] }).codec;
      await expect(mixed.encoder()).rejects.toThrow(message);
      const both = topicOf(micros, { format, writtenWith: [millis.schema, micros.schema] }).codec;
      expect(() => both.decoder()).toThrow(message);
      const plain = topicOf(micros, { format, writtenWith: [long] }).codec;
      await expect(plain.encoder()).resolves.toBeDefined();
    });
  });

  it.each([
    [
      { format: 'xml' as never },
      'format of topic everything is one of confluent, avro, single-object, json, not xml',
    ],
    [
      { format: 'json', writtenWith: [Old.schema] },
      'writtenWith of topic everything goes with the formats avro and single-object',
    ],
    [
      { format: 'avro', writtenWith: [Old.schema, New.schema] },
      'writtenWith of topic everything holds 2 schemas',
    ],
    [
      { tombstones: 'keep' as never },
      'tombstones of topic everything is skip or dead-letter, not keep',
    ],
  ] satisfies [TopicOptions, string][])('have options that go together: %j', (options, message) => {
    expect(() => topicOf(New, options)).toThrow(message);
  });
});

// Source: the test data of Apache Avro's specification, schema-tests.txt.
it.each([
  ['null', 7195948357588979594n],
  ['boolean', -6970731678124411036n],
  ['int', 8247732601305521295n],
  ['long', -3434872931120570953n],
  ['string', -8142146995180207161n],
  [{ type: 'record', name: 'foo', fields: [] }, -4824392279771201922n],
  [
    { type: 'record', name: 'foo', fields: [{ name: 'f1', type: 'boolean' }] },
    7843277075252814651n,
  ],
] as const)('fingerprints %j as the specification does', (schema, expected) => {
  const bytes = schemaFingerprint(schema as RecordSchema);
  expect(Buffer.from(bytes).readBigInt64LE()).toBe(expected);
});
