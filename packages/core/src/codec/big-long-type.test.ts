import { describe, expect, expectTypeOf, it } from 'vitest';
import { CodecError, OptionError } from '../contract/errors.ts';
import type { EventType, EventValue, RecordSchema } from '../contract/event-type.ts';
import { avroDecoder, avroEncoder } from './avro-codec.ts';
import { defineEvent } from './define-event.ts';
import { memoryRegistry } from './memory-registry.ts';
import { topicCodec } from './topic-codec.ts';

const at = { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } } as const;
const schema = {
  type: 'record',
  name: 'Sale',
  fields: [
    at,
    { name: 'id', type: 'long' },
    { name: 'parent', type: ['null', 'long'], default: null },
    { name: 'items', type: { type: 'array', items: 'long' }, default: [] },
    { name: 'by', type: { type: 'map', values: ['null', 'string', 'long'] }, default: {} },
    { name: 'seconds', type: { type: 'long', logicalType: 'time-micros' }, default: 0 },
    { name: 'version', type: 'long', default: 7 },
  ],
} as const;
const Sale = defineEvent(schema, { time: 'at', key: 'id', longs: 'bigint' });
type Sale = EventValue<typeof Sale>;

const largest = 2n ** 63n - 1n;
const edges = [0n, -1n, 2n ** 52n, -(2n ** 52n) - 1n, 2n ** 53n, 2n ** 53n + 1n].concat([
  2n ** 62n,
  largest,
  -largest,
  -largest - 1n,
]);
const sale: Sale = {
  at: 5,
  id: largest,
  parent: -largest - 1n,
  items: edges,
  by: { a: 2n ** 53n + 1n, b: null, c: 'text' },
  seconds: 3,
  version: 1n,
};

/** Writes a value as one type, and reads it as another. */
async function read<A, B>(
  from: EventType<RecordSchema, A>,
  value: A,
  to: EventType<RecordSchema, B>,
): Promise<B> {
  const registry = memoryRegistry();
  const id = await registry.register('sales-value', from.schema);
  const record = { value: avroEncoder(from, id).encode(value) };
  const decoder = avroDecoder(to, registry);
  await decoder.prepare([record]);
  return decoder.decode(record);
}

describe("an event with longs: 'bigint'", () => {
  it('has bigints where its schema has longs, and numbers for times', () => {
    expectTypeOf<Sale['id']>().toEqualTypeOf<bigint>();
    expectTypeOf<Sale['parent']>().toEqualTypeOf<bigint | null>();
    expectTypeOf<Sale['items']>().toEqualTypeOf<readonly bigint[]>();
    expectTypeOf<Sale['at']>().toEqualTypeOf<number>();
    expectTypeOf<Sale['seconds']>().toEqualTypeOf<number>();
    const Plain = defineEvent(schema, { time: 'at', key: 'id' });
    expectTypeOf<EventValue<typeof Plain>['id']>().toEqualTypeOf<number>();
  });

  it('gives back all 64 bits, wherever they are in a value', async () => {
    expect(await read(Sale, sale, Sale)).toStrictEqual(sale);
    for (const id of edges)
      expect(await read(Sale, { ...sale, id }, Sale)).toStrictEqual({ ...sale, id });
  });

  it('writes the bytes that numbers are written as', () => {
    const Plain = defineEvent(schema, { time: 'at', key: 'id' });
    for (const id of [0, -1, 2 ** 40, 2 ** 53 - 1, 1 - 2 ** 53]) {
      const rest = { at: 1, parent: null, items: [], by: {}, seconds: 0 };
      const big = avroEncoder(Sale, 1).encode({ ...rest, id: BigInt(id), version: 1n });
      expect(big).toEqual(avroEncoder(Plain, 1).encode({ ...rest, id, version: 1 }));
    }
  });

  it('reads ints and longs of older schemas, and takes its defaults', async () => {
    const Old = defineEvent(
      { type: 'record', name: 'Sale', fields: [at, { name: 'id', type: 'int' }] },
      { time: 'at', key: 'id' },
    );
    expect(await read(Old, { at: 1, id: -5 }, Sale)).toStrictEqual({
      ...{ at: 1, id: -5n, parent: null, items: [], by: {}, seconds: 0, version: 7n },
    });
  });

  it.each([
    [{ id: 5 }, 'field id is number 5, not long: it takes bigints of 64 bits, such as 5n'],
    [{ id: largest + 1n }, 'field id is bigint 9223372036854775808, not long: it takes bigints'],
    [{ parent: 1 }, 'field parent is number 1, not null or long: it takes bigints of 64 bits'],
    [{ items: ['5'] }, 'field items.0 is string "5", not long'],
  ])('refuses what is no such bigint', (fields, message) => {
    const encode = () => avroEncoder(Sale, 1).encode({ ...sale, ...fields } as Sale);
    expect(encode).toThrow(CodecError);
    expect(encode).toThrow(message);
  });

  it('has the key that numbers would give it', () => {
    const Plain = defineEvent(schema, { time: 'at', key: ['id', 'version'] });
    const Both = defineEvent(schema, { time: 'at', key: ['id', 'version'], longs: 'bigint' });
    const ByValue = defineEvent(schema, { time: 'at', key: ({ id }) => id, longs: 'bigint' });
    expect(Sale.keyOf(sale)).toBe('9223372036854775807');
    expect(ByValue.keyOf(sale)).toBe('9223372036854775807');
    const numbers = { ...sale, id: 5, version: 1 } as unknown as EventValue<typeof Plain>;
    expect(Both.keyOf({ ...sale, id: 5n })).toBe('[5,1]');
    expect(Plain.keyOf(numbers)).toBe('[5,1]');
  });

  it.each(['avro', 'single-object'] as const)('goes through topics of %s', async (format) => {
    const registry = memoryRegistry();
    const codec = topicCodec({ topic: 'sales', type: Sale, registry, format });
    const value = (await codec.encoder()).encode(sale);
    expect(codec.decoder().decode({ value })).toStrictEqual(sale);
  });

  it('is refused with longs of another kind', () => {
    expect(() => defineEvent(schema, { time: 'at', key: 'id', longs: 'text' as 'bigint' })).toThrow(
      new OptionError("longs of event Sale are 'number' or 'bigint', not text"),
    );
  });
});
