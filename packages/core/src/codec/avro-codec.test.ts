import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { CodecError, OptionError, SchemaError } from '../contract/errors.ts';
import type { EventValue } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { avroDecoder, avroEncoder } from './avro-codec.ts';
import { defineEvent } from './define-event.ts';
import { memoryRegistry } from './memory-registry.ts';

const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
const price = { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 } as const;

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'at', type: timestamp },
      { name: 'endedAt', type: ['null', timestamp], default: null },
      { name: 'listener', type: 'string' },
      { name: 'count', type: 'long' },
      { name: 'seconds', type: 'double' },
      { name: 'cover', type: ['null', 'bytes'], default: null },
      { name: 'mark', type: { type: 'fixed', name: 'Mark', size: 2 } },
      { name: 'price', type: ['null', price], default: null },
      { name: 'level', type: { type: 'enum', name: 'Level', symbols: ['free', 'paid'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'counts', type: { type: 'map', values: 'int' } },
      {
        name: 'song',
        type: { type: 'record', name: 'Song', fields: [{ name: 'title', type: 'string' }] },
      },
    ],
  },
  { time: 'at', key: 'listener' },
);
type Play = EventValue<typeof Play>;

const play: Play = {
  at: 1_700_000_000_123,
  endedAt: null,
  listener: 'Beyoncé 🎵',
  count: -9_007_199_254_740_990,
  seconds: 12.5,
  cover: Uint8Array.of(0, 255),
  mark: Uint8Array.of(1, 2),
  price: '-12.50',
  level: 'paid',
  tags: ['a', ''],
  counts: { a: 1 },
  song: { title: 'x'.repeat(100) },
};

async function codec(registry: SchemaRegistry = memoryRegistry()) {
  const id = await registry.register('plays-value', Play.schema);
  const decoder = avroDecoder(Play, registry);
  const encoder = avroEncoder(Play, id);
  const encoded = { value: encoder.encode(play) };
  await decoder.prepare([encoded]);
  return { registry, encoder, decoder, encoded };
}

describe('avroEncoder and avroDecoder', () => {
  it('give back what they were given', async () => {
    const { decoder, encoded } = await codec();
    expect(decoder.decode(encoded)).toStrictEqual(play);
  });

  it('give plain data: object literals, and bytes that share memory with nothing', async () => {
    const { decoder, encoded } = await codec();
    const { cover, mark, ...rest } = decoder.decode(encoded);
    for (const record of [rest, rest.song])
      expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(cover?.buffer.byteLength).toBe(2);
    expect(Object.getPrototypeOf(mark)).toBe(Uint8Array.prototype);
    expect(structuredClone(rest)).toStrictEqual(rest);
  });

  it('write a zero, the schema id in four big-endian bytes, then plain Avro', async () => {
    const id = 0x01020304;
    const value = Buffer.from(avroEncoder(Play, id).encode(play));
    expect([...value.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    const independent = avsc.Type.forSchema(Play.schema as never);
    expect(independent.fromBuffer(value.subarray(5)).listener).toBe(play.listener);
  });

  it('keep earlier results valid while later ones are encoded', async () => {
    const { encoder, decoder } = await codec();
    const plays = Array.from({ length: 2_000 }, (_, count) => ({ ...play, count }));
    const values = encoder.encodeAll(plays);
    encoder.encode({ ...play, song: { title: 'y'.repeat(300_000) } });
    expect(values.map((value) => decoder.decode({ value }))).toStrictEqual(plays);
  });

  it('take values of any size', async () => {
    const { encoder, decoder } = await codec();
    for (const length of [0, 60_000, 65_535, 65_536, 1_000_000, 10]) {
      const big = { ...play, song: { title: 'é'.repeat(length) } };
      expect(decoder.decode({ value: encoder.encode(big) }).song).toStrictEqual(big.song);
    }
  });

  it('decode bytes that are no Buffer', async () => {
    const { decoder, encoded } = await codec();
    const padded = Uint8Array.of(9, ...encoded.value, 9);
    expect(decoder.decode({ value: padded.subarray(1, -1) })).toStrictEqual(play);
  });
});

describe('avroEncoder', () => {
  const encode = (fields: object) => () =>
    avroEncoder(Play, 1).encode({ ...play, ...fields } as Play);

  it.each([
    [{ listener: 5 }, 'cannot encode Play: field listener is number 5, not string'],
    [
      { count: 1.5 },
      "cannot encode Play: field count is number 1.5, not long: it takes whole numbers up to 9007199254740991; where the event is defined with longs: 'bigint', bigints of 64 bits",
    ],
    [
      { count: 2 ** 53 },
      "cannot encode Play: field count is number 9007199254740992, not long: it takes whole numbers up to 9007199254740991; where the event is defined with longs: 'bigint', bigints of 64 bits",
    ],
    [
      { at: Number.NaN },
      "cannot encode Play: field at is number NaN, not long: it takes whole numbers up to 9007199254740991; where the event is defined with longs: 'bigint', bigints of 64 bits",
    ],
    [{ endedAt: 'now' }, 'cannot encode Play: field endedAt is string "now", not null or long'],
    [{ song: {} }, 'cannot encode Play: field song.title is undefined, not string'],
    [{ tags: ['a', null] }, 'cannot encode Play: field tags.1 is null, not string'],
    [{ counts: { b: '1' } }, 'cannot encode Play: field counts.b is string "1", not int'],
    [{ cover: [1] }, 'cannot encode Play: field cover is an array, not null or bytes'],
    [{ mark: Uint8Array.of(1) }, 'cannot encode Play: field mark is 1 bytes, not Mark'],
    [{ level: 'gold' }, 'cannot encode Play: field level is string "gold", not Level'],
    [
      { price: '0.125' },
      'cannot encode Play: field price is string "0.125", not null or decimal(6, 2): it takes 2 digits behind the point, not 3: round it first',
    ],
    [
      { price: '99999.00' },
      'cannot encode Play: field price is string "99999.00", not null or decimal(6, 2): it takes values from -9999.99 to 9999.99',
    ],
    [
      { price: 12 },
      'cannot encode Play: field price is number 12, not null or decimal(6, 2): it takes a text such as 9999.99',
    ],
  ])('names the field of %j and what it holds', (fields, message) => {
    expect(encode(fields)).toThrow(new CodecError(message));
  });

  it('encodes on after a value that did not fit', () => {
    const encoder = avroEncoder(Play, 1);
    const before = encoder.encode(play);
    expect(() => encoder.encode({ ...play, level: 'gold' } as never)).toThrow(CodecError);
    expect(encoder.encode(play)).toEqual(before);
  });

  it.each([-1, 1.5, 2 ** 31])('refuses the schema id %d', (id) => {
    expect(() => avroEncoder(Play, id)).toThrow(OptionError);
  });
});

describe('longs', () => {
  const Long = defineEvent(
    { type: 'record', name: 'Long', fields: [{ name: 'at', type: 'long' }] },
    { time: 'at', key: 'at' },
  );

  it.each([
    0,
    -1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 52,
    -(2 ** 52),
    -(2 ** 52) - 1,
    2 ** 52 + 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    -9_007_199_254_740_990,
  ])('keep the safe integer %d, in the bytes of the specification', async (at) => {
    const registry = memoryRegistry();
    const id = await registry.register('long-value', Long.schema);
    const record = { value: avroEncoder(Long, id).encode({ at }) };
    let zigzag = BigInt.asUintN(64, (BigInt(at) << 1n) ^ (BigInt(at) >> 63n));
    const expected: number[] = [];
    for (; zigzag > 127n; zigzag >>= 7n) expected.push(Number(zigzag & 127n) + 128);
    expect([...record.value.subarray(5)]).toEqual([...expected, Number(zigzag)]);
    const decoder = avroDecoder(Long, registry);
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toEqual({ at });
  });
});

describe('decimals', () => {
  const Priced = defineEvent(
    {
      type: 'record',
      name: 'Priced',
      fields: [
        { name: 'at', type: 'long' },
        { name: 'price', type: price },
        {
          name: 'fixed',
          type: { type: 'fixed', name: 'F', size: 3, logicalType: 'decimal', precision: 6 },
        },
      ],
    },
    { time: 'at', key: 'at' },
  );

  it.each([
    ['0.00', '0'],
    ['0.01', '1'],
    ['-0.01', '-1'],
    ['1.27', '127'],
    ['1.28', '128'],
    ['-1.28', '-128'],
    ['-1.29', '-129'],
    ['9999.99', '999999'],
    ['-9999.99', '-999999'],
  ])('keep %s and %s exactly', async (value, fixed) => {
    const registry = memoryRegistry();
    const id = await registry.register('priced-value', Priced.schema);
    const record = { value: avroEncoder(Priced, id).encode({ at: 1, price: value, fixed }) };
    const decoder = avroDecoder(Priced, registry);
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toEqual({ at: 1, price: value, fixed });
  });

  it('are written as the two-complement bytes of the Avro specification', () => {
    const value = avroEncoder(Priced, 1).encode({ at: 0, price: '-1.29', fixed: '-2' });
    expect([...value.subarray(5)]).toEqual([0, 4, 0xff, 0x7f, 0xff, 0xff, 0xfe]);
  });

  it('need a precision', () => {
    const schema = {
      type: 'record',
      name: 'A',
      fields: [
        { name: 'at', type: 'long' },
        { name: 'p', type: { type: 'bytes', logicalType: 'decimal' } },
      ],
    } as const;
    expect(() => defineEvent(schema, { time: 'at', key: 'at' })).toThrow(SchemaError);
  });
});

describe('avroDecoder', () => {
  it.each([
    [[], 'cannot decode Play: it is empty'],
    [[123, 34], 'cannot decode Play: no magic byte: it starts with 123, not 0'],
    [[0, 0, 0], 'cannot decode Play: truncated after 3 bytes'],
    [[0, 255, 0, 0, 1, 0], 'cannot decode Play: its schema id is negative'],
    [
      [0, 0, 0, 0, 77, 0],
      'cannot decode Play: unknown schema id 77: no schema has id 77; this registry holds 1',
    ],
  ])('says why it cannot decode %j', async (bytes, message) => {
    const { decoder } = await codec();
    const record = { value: Uint8Array.from(bytes) };
    await decoder.prepare([record]);
    expect(() => decoder.decode(record)).toThrow(new CodecError(message));
  });

  it('refuses a value cut off at any byte', async () => {
    const { decoder, encoded } = await codec();
    for (let length = 0; length < encoded.value.length; length++) {
      const cut = { value: encoded.value.subarray(0, length) };
      expect(() => decoder.decode(cut), `${length} bytes`).toThrow(CodecError);
    }
  });

  it('refuses bytes after the value', async () => {
    const { decoder, encoded } = await codec();
    const longer = { value: Buffer.concat([encoded.value, Buffer.of(1, 2)]) };
    expect(() => decoder.decode(longer)).toThrow('cannot decode Play: 2 bytes too many');
  });

  it('refuses a long that is not a safe integer, and a count that cannot be', async () => {
    const A = defineEvent(
      {
        type: 'record',
        name: 'A',
        fields: [
          { name: 'at', type: 'long' },
          { name: 'all', type: { type: 'array', items: 'long' } },
          { name: 'by', type: { type: 'map', values: 'long' } },
        ],
      },
      { time: 'at', key: 'at' },
    );
    const registry = memoryRegistry();
    const id = await registry.register('a-value', A.schema);
    const decoder = avroDecoder(A, registry);
    const endless = new Array<number>(30).fill(0xff);
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const decode = async (...body: number[]) => {
      const record = { value: Uint8Array.of(0, 0, 0, 0, id, ...body) };
      await decoder.prepare([record]);
      return decoder.decode(record);
    };
    await expect(decode(...huge, 0, 0)).rejects.toThrow(
      "a long is -9223372036854775808, and a number holds whole numbers up to 9007199254740991: define the event with longs: 'bigint'",
    );
    await expect(decode(...endless)).rejects.toThrow('more than ten bytes');
    // 2 ** 31 items: reading them would take minutes.
    await expect(decode(0, 0x80, 0x80, 0x80, 0x80, 0x10)).rejects.toThrow('do not fit');
    await expect(decode(0, 0, 0x80, 0x80, 0x80, 0x80, 0x10)).rejects.toThrow('do not fit');
    await expect(decode(0, 0, 0)).resolves.toEqual({ at: 0, all: [], by: {} });
  });

  it('asks the registry once for each id, and fails only records of an unknown one', async () => {
    const { registry, encoded } = await codec();
    const asked: number[] = [];
    const counting: SchemaRegistry = {
      ...registry,
      schema: (id) => {
        asked.push(id);
        return registry.schema(id);
      },
    };
    const decoder = avroDecoder(Play, counting);
    const stranger = { value: Uint8Array.of(0, 0, 0, 0, 9, 0) };
    await decoder.prepare([encoded, stranger, encoded, stranger]);
    await decoder.prepare([encoded]);
    expect(asked).toEqual([1, 9]);
    expect(decoder.decode(encoded)).toStrictEqual(play);
    expect(() => decoder.decode(stranger)).toThrow(CodecError);
  });

  it('rejects when the registry cannot be reached', async () => {
    const { registry, encoded } = await codec();
    const unreachable = { ...registry, schema: () => Promise.reject(new Error('no network')) };
    await expect(avroDecoder(Play, unreachable).prepare([encoded])).rejects.toThrow('no network');
  });
});

describe('schema evolution', () => {
  const fields = [{ name: 'at', type: 'int' }] as const;
  const Old = defineEvent(
    {
      type: 'record',
      name: 'Visit',
      fields: [...fields, { name: 'gone', type: { type: 'map', values: 'bytes' } }],
    },
    { time: 'at', key: 'at' },
  );
  const New = defineEvent(
    {
      type: 'record',
      name: 'Visit',
      fields: [
        { name: 'page', type: 'string', default: 'home' },
        { name: 'at', type: 'long' },
        { name: 'cover', type: 'bytes', default: '\u0001' },
        { name: 'price', type: ['null', price], default: null },
      ],
    },
    { time: 'at', key: 'at' },
  );

  it('reads old data with a newer schema: defaults, order, promotions, dropped fields', async () => {
    const registry = memoryRegistry();
    const id = await registry.register('visits-value', Old.schema);
    const old = { value: avroEncoder(Old, id).encode({ at: 7, gone: { a: Uint8Array.of(1) } }) };
    const decoder = avroDecoder(New, registry);
    await decoder.prepare([old]);
    const value = decoder.decode(old);
    expect(value).toStrictEqual({ page: 'home', at: 7, cover: Uint8Array.of(1), price: null });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('reads bytes and decimals of another version', async () => {
    const registry = memoryRegistry();
    const Newer = defineEvent(
      { ...New.schema, fields: [...New.schema.fields, { name: 'x', type: 'int', default: 3 }] },
      { time: 'at', key: 'at' },
    );
    const id = await registry.register('visits-value', New.schema);
    const visit = { page: 'a', at: 1, cover: Uint8Array.of(5), price: '-1.00' };
    const record = { value: avroEncoder(New, id).encode(visit) };
    const decoder = avroDecoder(Newer, registry);
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toStrictEqual({ ...visit, x: 3 });
  });

  it('fails records whose schema cannot be read as the new one', async () => {
    const registry = memoryRegistry();
    const id = await registry.register('visits-value', New.schema);
    const visit = { page: 'a', at: 1, cover: Uint8Array.of(), price: null };
    const record = { value: avroEncoder(New, id).encode(visit) };
    const decoder = avroDecoder(Old, registry);
    await decoder.prepare([record]);
    expect(() => decoder.decode(record)).toThrow(
      new CodecError(
        'cannot decode Visit, written with schema 1: it has no field gone, and Visit has no default for it: give it one',
      ),
    );
  });
});

describe('a UUID on fixed', () => {
  const Id = defineEvent(
    {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'at', type: 'long' },
        {
          name: 'id',
          type: ['null', { type: 'fixed', name: 'Id', size: 16, logicalType: 'uuid' }],
          default: null,
        },
      ],
    },
    { time: 'at', key: 'at' },
  );
  const order: EventValue<typeof Id> = { at: 1, id: '00112233-4455-6677-8899-aabbccddeeff' };

  it('is the text of its 16 bytes', async () => {
    const registry = memoryRegistry();
    const id = await registry.register('orders-value', Id.schema);
    const record = { value: avroEncoder(Id, id).encode(order) };
    expect(Buffer.from(record.value).toString('hex')).toContain('00112233445566778899aabbccddeeff');
    const decoder = avroDecoder(Id, registry);
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toStrictEqual(order);
  });

  it.each(['', '00112233', '00112233-4455-6677-8899-aabbccddeefg'])('is not %j', (id) => {
    expect(() => avroEncoder(Id, 1).encode({ at: 1, id })).toThrow(
      `cannot encode Order: field id is string ${JSON.stringify(id)}, not null or uuid`,
    );
  });
});

describe('a logical type that its type cannot have', () => {
  const Odd = defineEvent(
    {
      type: 'record',
      name: 'Odd',
      fields: [
        { name: 'at', type: 'long' },
        { name: 'a', type: { type: 'string', logicalType: 'decimal', precision: 4 } },
        { name: 'b', type: { type: 'string', logicalType: 'timestamp-millis' } },
        { name: 'c', type: { type: 'fixed', name: 'F', size: 2, logicalType: 'uuid' } },
        { name: 'd', type: { type: 'enum', name: 'E', symbols: ['x'], logicalType: 'decimal' } },
      ],
    },
    { time: 'at', key: 'a' },
  );

  it('is ignored: in values, and in what TypeScript takes them for', async () => {
    const odd: EventValue<typeof Odd> = { at: 1, a: 'x', b: 'now', c: Uint8Array.of(1, 2), d: 'x' };
    const registry = memoryRegistry();
    const id = await registry.register('odd-value', Odd.schema);
    const record = { value: avroEncoder(Odd, id).encode(odd) };
    const decoder = avroDecoder(Odd, registry);
    await decoder.prepare([record]);
    expect(decoder.decode(record)).toStrictEqual(odd);
  });
});
