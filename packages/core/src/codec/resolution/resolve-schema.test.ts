import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { CodecError } from '../../contract/errors.ts';
import type { RecordSchema } from '../../contract/event-type.ts';
import { avroDecoder } from '../avro-codec.ts';
import { memoryRegistry } from '../memory-registry.ts';

const body = (type: unknown, value: unknown) => avsc.Type.forSchema(type as never).toBuffer(value);

/** Reads bytes that were written with one schema as another. */
async function read(writer: unknown, bytes: Uint8Array, reader: RecordSchema): Promise<unknown> {
  const registry = memoryRegistry();
  const id = await registry.register('any', writer as RecordSchema);
  const decoder = avroDecoder({ schema: reader, timeOf: () => 0, keyOf: () => '' }, registry);
  const record = { value: Buffer.concat([Buffer.of(0, 0, 0, 0, id), bytes]) };
  await decoder.prepare([record]);
  return decoder.decode(record);
}

const record = (type: unknown, more: object = {}) =>
  ({ type: 'record', name: 'R', fields: [{ name: 'v', type, ...more }] }) as const;

/** Reads what avsc wrote with the type of a field as another type. */
async function readField(from: unknown, value: unknown, to: unknown): Promise<unknown> {
  const bytes = body(record(from), { v: value });
  return ((await read(record(from), bytes, record(to))) as { readonly v: unknown }).v;
}

const logical = (type: string, logicalType: string, more: object = {}) => ({
  type,
  logicalType,
  ...more,
});
const millis = logical('long', 'timestamp-millis');
const micros = logical('long', 'timestamp-micros');
const decimal = (precision: number, scale: number) =>
  logical('bytes', 'decimal', { precision, scale });
const level = (symbols: readonly string[], more: object = {}) => ({
  type: 'enum',
  name: 'Level',
  symbols,
  ...more,
});
const bytes = (...all: number[]) => Buffer.from(all);
const uuid = '00112233-4455-6677-8899-aabbccddeeff';
const uuidBytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
const fixedUuid = logical('fixed', 'uuid', { name: 'Id', size: 16 });

describe('a field that was written as another type', () => {
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ['int as long', 'int', -7, 'long', -7],
    ['int as float', 'int', 16_777_217, 'float', 16_777_216],
    ['int as double', 'int', -7, 'double', -7],
    ['long as float', 'long', 2 ** 40 + 1, 'float', 2 ** 40],
    ['long as double', 'long', -(2 ** 50), 'double', -(2 ** 50)],
    ['float as double', 'float', 0.5, 'double', 0.5],
    ['string as bytes', 'string', 'é', 'bytes', Uint8Array.of(0xc3, 0xa9)],
    ['bytes as string', 'bytes', bytes(0xc3, 0xa9), 'string', 'é'],
    ['string as a nullable one', 'string', 'a', ['null', 'string'], 'a'],
    ['a nullable string as a string', ['null', 'string'], 'a', 'string', 'a'],
    ['branches in another order', ['null', 'string'], 'a', ['string', 'null'], 'a'],
    ['a union of more', ['null', 'string', 'int'], 5, ['null', 'double'], 5],
    ['string where bytes come first', 'string', 'a', ['bytes', 'string'], 'a'],
    ['items', { type: 'array', items: 'int' }, [1, 2], { type: 'array', items: 'double' }, [1, 2]],
    ['values', { type: 'map', values: 'int' }, { a: 1 }, { type: 'map', values: 'long' }, { a: 1 }],
    ['a known symbol', level(['a', 'new']), 'a', level(['x', 'a']), 'a'],
    ['a new symbol', level(['a', 'new']), 'new', level(['x', 'a'], { default: 'x' }), 'x'],
    ['micros as millis', micros, 5_000_123, millis, 5_000],
    ['micros before 1970', micros, -1, millis, -1],
    ['millis as micros', millis, -5, micros, -5_000],
    ['seconds of a day', logical('int', 'time-millis'), 5, logical('long', 'time-micros'), 5_000],
    ['a day in micros', logical('long', 'time-micros'), 5_999, logical('int', 'time-millis'), 5],
    ['a timestamp as long', millis, 5, 'long', 5],
    ['a long as timestamp', 'long', 5, millis, 5],
    ['an int as timestamp', 'int', 5, millis, 5],
    ['a date as int', logical('int', 'date'), 5, 'int', 5],
    ['a date as long', logical('int', 'date'), 5, 'long', 5],
    ['a decimal of lower scale', decimal(4, 1), bytes(0xf3), decimal(6, 2), '-1.30'],
    ['a decimal of higher scale', decimal(6, 3), bytes(0x05, 0x14), decimal(6, 2), '1.30'],
    [
      'a decimal on fixed',
      { ...decimal(4, 1), type: 'fixed', name: 'F', size: 2 },
      bytes(0, 13),
      decimal(4, 1),
      '1.3',
    ],
    ['bytes as decimal', 'bytes', bytes(13), decimal(4, 1), '1.3'],
    ['a decimal as bytes', decimal(4, 1), bytes(13), 'bytes', Uint8Array.of(13)],
    ['a UUID on fixed', fixedUuid, uuidBytes, fixedUuid, uuid],
    ['a UUID on fixed as text', fixedUuid, uuidBytes, logical('string', 'uuid'), uuid],
    ['a UUID as text', logical('string', 'uuid'), uuid, fixedUuid, uuid],
  ])('%s', async (_name, from, value, to, expected) => {
    expect(await readField(from, value, to)).toStrictEqual(expected);
  });

  it.each<[unknown, unknown, unknown, string]>([
    [
      'string',
      'a',
      'long',
      'field v of R was written as string, which is not read as long: declare it as string or bytes',
    ],
    [
      logical('int', 'date'),
      1,
      millis,
      'field v of R was written as date, which is not read as timestamp-millis: declare it as date',
    ],
    [
      logical('long', 'local-timestamp-millis'),
      1,
      millis,
      'field v of R was written as local-timestamp-millis, which is not read as timestamp-millis: declare it as local-timestamp-millis',
    ],
    [
      logical('long', 'time-micros'),
      1,
      micros,
      'field v of R was written as time-micros, which is not read as timestamp-micros: declare it as time-micros',
    ],
    [
      decimal(6, 3),
      bytes(0x05, 0x15),
      decimal(6, 2),
      'field v of R is 1.301, which does not fit decimal(6, 2): declare more digits',
    ],
    [
      decimal(6, 1),
      bytes(0x75, 0x30),
      decimal(4, 1),
      'field v of R is too long, which does not fit decimal(4, 1): declare more digits',
    ],
    [
      decimal(4, 1),
      bytes(65),
      'string',
      'field v of R was written as decimal(4, 1), which is not read as string: declare it as decimal(4, 1)',
    ],
    [
      decimal(4, 8),
      bytes(65),
      decimal(4, 1),
      'field v of R was written as an invalid decimal(4, 8), which is not read as decimal(4, 1): declare it as bytes or string',
    ],
    [
      'bytes',
      bytes(0xff),
      'string',
      'field v of R was written as bytes, and these are no text in UTF-8: declare it as bytes',
    ],
    [
      level(['a', 'new']),
      'new',
      level(['a']),
      'field v of R is new, which enum Level does not have: add the symbol, or give the enum a default',
    ],
    [
      ['null', 'string'],
      null,
      'string',
      'field v of R was written as null, which is not read as string: declare it as null',
    ],
    [
      { type: 'fixed', name: 'F', size: 2 },
      bytes(1, 2),
      { type: 'fixed', name: 'F', size: 3 },
      'field v of R was written as fixed F of 2 bytes, and is declared with 3: declare it with 2',
    ],
    [
      { type: 'array', items: 'string' },
      ['a'],
      { type: 'array', items: 'int' },
      'field v of R was written as string, which is not read as int: declare it as string or bytes',
    ],
    [
      millis,
      2 ** 52,
      micros,
      'field v of R in timestamp-micros would be 4503599627370496000, which is not a safe integer',
    ],
  ])('%j is refused where it cannot be: %j as %j', async (from, value, to, message) => {
    await expect(readField(from, value, to)).rejects.toThrow(
      new CodecError(`cannot decode R, written with schema 1: ${message}`),
    );
  });

  it('kills only the values that cannot be read', async () => {
    const from = ['null', 'string', level(['a', 'new'])];
    const to = ['null', level(['a'])];
    const wrapped = avsc.Type.forSchema(record(from) as never, { wrapUnions: 'always' });
    const readValue = (v: unknown) => read(record(from), wrapped.toBuffer({ v }), record(to));
    expect(await readValue(null)).toEqual({ v: null });
    expect(await readValue({ Level: 'a' })).toEqual({ v: 'a' });
    await expect(readValue({ Level: 'new' })).rejects.toThrow('is new, which enum Level');
    await expect(readValue({ string: 'a' })).rejects.toThrow(
      'not read as a union of null, enum Level',
    );
    const texts = { type: 'array', items: 'string' };
    expect(await readField(texts, [], { type: 'array', items: 'int' })).toEqual([]);
  });

  it('says of a refused value what is wrong with its own branch', async () => {
    const inner = (type: unknown) => ({ ...record(type), name: 'Inner' });
    const [from, to] = [record(['null', inner(logical('int', 'date'))]), record([inner(millis)])];
    const wrapped = avsc.Type.forSchema(from as never, { wrapUnions: 'always' });
    const readValue = (v: unknown) => read(from, wrapped.toBuffer({ v }), to);
    await expect(readValue({ Inner: { v: 5 } })).rejects.toThrow(
      'field v of Inner was written as date, which is not read as timestamp-millis: declare it as date',
    );
    await expect(readValue(null)).rejects.toThrow('was written as null, which is not read as');
  });

  it('reads nanoseconds, which are no safe integers', async () => {
    const nanos = record(logical('long', 'timestamp-nanos'));
    const write = (value: bigint) => {
      const long: number[] = [];
      let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
      for (; zigzag > 127n; zigzag >>= 7n) long.push(Number(zigzag & 127n) + 128);
      return Uint8Array.of(...long, Number(zigzag));
    };
    const now = write(1_764_000_000_123_456_789n);
    expect(await read(nanos, now, record(millis))).toEqual({ v: 1_764_000_000_123 });
    expect(await read(nanos, now, record(micros))).toEqual({ v: 1_764_000_000_123_456 });
    const before = write(-1_764_000_000_123_456_789n);
    expect(await read(nanos, before, record(micros))).toEqual({ v: -1_764_000_000_123_457 });
    expect(await read(record('long'), now, record('double'))).toEqual({
      v: 1_764_000_000_123_456_800,
    });
  });
});

describe('names', () => {
  const inNamespace = (type: object, namespace: string) => ({ ...type, namespace });
  const inner = (name: string, field = 'n', more: object = {}) => ({
    type: 'record',
    name,
    fields: [{ name: field, type: 'int', ...more }],
  });

  it('are compared without their namespaces', async () => {
    const types = [level(['a']), inner('In'), { type: 'fixed', name: 'F', size: 1 }];
    const values = ['a', { n: 1 }, bytes(1)];
    for (const [i, type] of types.entries()) {
      const from = inNamespace(record(inNamespace(type, 'com.acme.inner')), 'com.acme');
      const value = await read(from, body(from, { v: values[i] }), record(type));
      expect(value).toEqual({ v: i === 2 ? Uint8Array.of(1) : values[i] });
    }
  });

  it('may be aliases of the reader, of types and of fields', async () => {
    const from = { ...record(inner('Old', 'before')), name: 'com.acme.Was' };
    const to = {
      ...record({ ...inner('New', 'after', { aliases: ['before'] }), aliases: ['old.Old'] }),
      aliases: ['Was'],
    };
    expect(await read(from, body(from, { v: { before: 3 } }), to)).toEqual({ v: { after: 3 } });
  });

  it('that differ are refused with both', async () => {
    const from = record(inner('Old'));
    await expect(read(from, body(from, { v: { n: 1 } }), record(inner('New')))).rejects.toThrow(
      'field v of R was written as record Old, which is not record New: where both mean the same, give record New "aliases": ["Old"]',
    );
  });

  it('of a namespace are found from within', async () => {
    const from = {
      type: 'record',
      name: 'com.acme.R',
      fields: [
        { name: 'v', type: level(['a']) },
        { name: 'w', type: 'com.acme.Level' },
        { name: 'x', type: 'Level' },
      ],
    };
    const value = body(from, { v: 'a', w: 'a', x: 'a' });
    expect(await read(from, value, record(level(['a'])))).toEqual({ v: 'a' });
  });
});

describe('records', () => {
  const listed = (name: string) => ({
    type: 'record',
    name,
    fields: [
      { name: 'n', type: name === 'Old' ? 'int' : 'double' },
      { name: 'next', type: ['null', name] },
    ],
  });
  const List = { ...listed('List'), aliases: ['Old'] };

  it('take defaults where a field is missing, also within others', async () => {
    const from = record({ type: 'record', name: 'In', fields: [{ name: 'n', type: 'int' }] });
    const withDefaults = {
      type: 'record',
      name: 'In',
      fields: [
        { name: 'tags', type: { type: 'array', items: 'string' }, default: ['x'] },
        { name: 'n', type: 'int' },
        { name: 'price', type: decimal(4, 1), default: '\u000d' },
        { name: 'level', type: level(['a', 'b']), default: 'b' },
      ],
    };
    const to = {
      ...record(withDefaults),
      fields: [
        { name: 'v', type: withDefaults },
        { name: 'w', type: ['null', 'In'], default: null },
        { name: 'x', type: 'In', default: { n: 5, price: '\u000d' } },
      ],
    } as const;
    const rest = { tags: ['x'], price: '1.3', level: 'b' };
    expect(await read(from, body(from, { v: { n: 1 } }), to)).toStrictEqual({
      v: { ...rest, n: 1 },
      w: null,
      x: { ...rest, n: 5 },
    });
  });

  it('may contain themselves', async () => {
    const { name: _, ...old } = List;
    const from = { ...record(listed('Old')), fields: [{ name: 'v', type: listed('Old') }] };
    const list = { n: 1, next: { n: 2, next: null } };
    expect(await read(from, body(from, { v: list }), record({ ...old, name: 'List' }))).toEqual({
      v: list,
    });
  });

  it.each(['read', 'passed over'])(
    'within records without end are refused when %s',
    async (how) => {
      const from = {
        ...record(listed('Old')),
        fields: [{ name: how === 'read' ? 'v' : 'w', type: listed('Old') }],
      };
      const to = how === 'read' ? record(List) : record('int', { default: 1 });
      const endless = Buffer.alloc(2_000_000, 2);
      await expect(read(from, endless, to)).rejects.toThrow('it is nested too deeply');
    },
  );

  it('pass over whatever the reader does not want', async () => {
    const unwanted: readonly (readonly [unknown, unknown])[] = [
      ['null', null],
      ['boolean', true],
      ['int', 300],
      ['long', -1e12],
      ['float', 1],
      ['double', 1],
      ['bytes', bytes(1, 2, 3)],
      ['string', 'text'],
      [{ type: 'fixed', name: 'F', size: 3 }, bytes(1, 2, 3)],
      [level(['a', 'b']), 'b'],
      [['null', 'string'], 'text'],
      [{ type: 'array', items: 'string' }, ['a', 'b']],
      [
        { type: 'map', values: 'long' },
        { a: 1, b: 2 },
      ],
      [listed('Old'), { n: 1, next: { n: 2, next: null } }],
      // No default and no logical type of what is not wanted matters.
      [decimal(2, 9), bytes(1)],
    ];
    for (const [type, value] of unwanted) {
      const from = {
        ...record(type),
        fields: [
          { name: 'u', type },
          { name: 'v', type: 'int' },
        ],
      };
      const encoded = body(from, { u: value, v: 7 });
      expect(await read(from, encoded, record('long')), JSON.stringify(type)).toEqual({ v: 7 });
    }
    const odd = {
      ...record('int', { default: 'none' }),
      fields: [
        { name: 'u', type: 'int', default: {} },
        { name: 'v', type: 'int' },
      ],
    };
    expect(await read(odd, bytes(2, 4), record('long'))).toEqual({ v: 2 });
  });
});

describe('a schema that is no record', () => {
  const Visit = record('long');
  const union = ['null', { type: 'record', name: 'Other', fields: [] }, record('int')];

  it('is read where it is a union, by the branch of the value', async () => {
    expect(await read(union, bytes(4, 6), Visit)).toEqual({ v: 3 });
    await expect(read(union, bytes(2), Visit)).rejects.toThrow(
      'cannot decode R, written with schema 1: the value was written as record Other, which is not record R',
    );
    await expect(read(union, bytes(0), Visit)).rejects.toThrow(
      'the value was written as null, which is not read as record R: declare it as null',
    );
    await expect(read(union, bytes(6), Visit)).rejects.toThrow('a union has no number 3');
  });

  it.each([
    ['string', 'the value was written as string, which is not read as record R'],
    [{ type: 'array', items: 'int' }, 'the value was written as array'],
    [null, 'schema 1 is not valid Avro: null is no type'],
    [{ type: 'record' }, 'schema 1 is not valid Avro: a record has no name'],
    [{ type: 'record', name: 'R' }, 'schema 1 is not valid Avro: record R has no array of fields'],
    [record('Gone'), 'schema 1 is not valid Avro: it names a type Gone and does not define it'],
    [
      record({ type: 'fixed', name: 'F' }),
      'schema 1 is not valid Avro: the size of fixed F is undefined',
    ],
    [
      record({ type: 'enum', name: 'E' }),
      'schema 1 is not valid Avro: enum E has no array of symbols',
    ],
  ])('is refused in a sentence: %j', async (schema, message) => {
    await expect(read(schema, bytes(2, 2), Visit)).rejects.toThrow(message);
    await expect(read(schema, bytes(2, 2), Visit)).rejects.toThrow(CodecError);
  });
});

describe('damaged bytes', () => {
  const from = record({ type: 'array', items: { type: 'map', values: ['null', 'int', 'bytes'] } });
  const to = record({
    type: 'array',
    items: { type: 'map', values: ['double', 'string', 'null'] },
  });
  const whole = body(from, { v: [{ a: 1, b: null, c: bytes(65) }, {}] });

  it('are refused wherever they are cut off, and nothing is foreign in the reason', async () => {
    expect(await read(from, whole, to)).toEqual({ v: [{ a: 1, b: null, c: 'A' }, {}] });
    for (let length = 0; length < whole.length; length++)
      await expect(read(from, whole.subarray(0, length), to)).rejects.toThrow(
        /truncated after \d+ bytes$/,
      );
  });

  it.each([
    ['a count that cannot be', [0x80, 0x80, 0x80, 0x80, 0x10], 'do not fit'],
    ['a length that cannot be', [2, 2, 0x80, 0x80, 0x80, 0x80, 0x10], 'truncated'],
    ['a length below zero', [2, 2, 2, 97, 4, 1], 'a length is -1'],
    ['a branch below zero', [2, 2, 2, 97, 1], 'a union has no number -1'],
    ['an int of more bits', [2, 2, 2, 97, 2, 0xff, 0xff, 0xff, 0xff, 0x7f], 'more than 32 bits'],
  ])('with %s are refused', async (_name, damaged, message) => {
    await expect(read(from, Uint8Array.from(damaged), to)).rejects.toThrow(message);
  });
});
