import { map } from 'rxjs';
import { expect, it } from 'vitest';
import { defineEvent } from '../codec/define-event.ts';
import { SchemaError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { AvroField } from '../contract/infer-avro.ts';
import type { TopicOptions } from '../contract/topic-codec.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

const schemaOf = (...fields: readonly AvroField[]): RecordSchema => ({
  type: 'record',
  name: 'Order',
  fields: [{ name: 'id', type: 'long' }, ...fields],
});
const typeOf = (...fields: readonly AvroField[]) =>
  defineEvent(schemaOf(...fields), { time: 'id', key: () => 'all' });
const city = { name: 'city', type: ['null', 'string'] } as const;
const level = (...symbols: readonly string[]) =>
  ({ name: 'level', type: { type: 'enum', name: 'Level', symbols } }) as AvroField;

/** Publishes an order of one type, and reads it as another. */
async function readAs(written: ReturnType<typeof typeOf>, read: typeof written, order: object) {
  const log = memoryLog();
  await log.createTopic('orders', { partitions: 1 });
  await log.topic('orders', written).publish([{ id: 1, ...order }] as never);
  const into = memorySink<unknown>();
  const through = map(({ value }: StreamEvent<unknown>) => value);
  const from = log.topic('orders', read);
  const done = run({ name: 'job', from, through, into, atEnd: 'stop', maxDeadShare: 1 });
  return { into, done };
}

it('refuses a job whose schema can read nothing of what is written now, with the field and the remedy', async () => {
  const { into, done } = await readAs(typeOf(), typeOf(city), {});
  await expect(done).rejects.toThrow(
    new SchemaError(
      'Order can read nothing that is written with the newest schema of orders-value: it has no field city, and Order has no default for it: give it one',
    ),
  );
  expect([into.counts('job'), into.dead]).toEqual([{}, []]);
});

it('refuses one whose part has another type', async () => {
  const part = (type: string) => ({
    name: 'at',
    type: { type: 'record', name: 'Place', fields: [{ name: 'x', type }] },
  });
  const { done } = await readAs(typeOf(part('string')), typeOf(part('int')), { at: { x: 'a' } });
  await expect(done).rejects.toThrow(
    /field x of Place was written as string.*declare it as string/,
  );
});

it('refuses one whose every branch of a union is another', async () => {
  const [was, is] = [
    { name: 'x', type: ['null', 'string'] },
    { name: 'x', type: ['int', 'boolean'] },
  ] as const;
  const { done } = await readAs(typeOf(was), typeOf(is), { x: null });
  await expect(done).rejects.toThrow(
    /Order can read nothing .* field x of Order was written as null/,
  );
});

it('reads what some values make unreadable, and makes dead letters of these', async () => {
  const { into, done } = await readAs(typeOf(level('free', 'trial')), typeOf(level('free')), {
    level: 'trial',
  });
  expect((await done).counts).toEqual({ in: 1, dead: 1 });
  expect(into.dead[0]?.reason).toContain('field level of Order is trial');
});

it('reads what is converted', async () => {
  const at = (logicalType: string) =>
    ({ name: 'at', type: { type: 'long', logicalType } }) as const;
  const { into, done } = await readAs(
    typeOf(at('timestamp-micros')),
    typeOf(at('timestamp-millis')),
    { at: 5_000_000 },
  );
  await done;
  expect(into.rows).toEqual([{ id: 1, at: 5_000 }]);
});

it.each([
  ['avro', schemaOf(), 'it has no field city'],
  ['single-object', schemaOf(), 'it has no field city'],
  [
    'avro',
    { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'lang' }] },
    'it is not valid Avro: ',
  ],
] as const)(
  'refuses a schema of writtenWith that says no value: %s, %j',
  async (format, schema, why) => {
    const options: TopicOptions = { format, writtenWith: [schema as RecordSchema] };
    const log = memoryLog();
    await log.createTopic('orders', { partitions: 1 });
    const from = log.topic('orders', typeOf(city), options);
    const through = map(({ value }: StreamEvent<unknown>) => value);
    const done = run({ name: 'job', from, through, into: memorySink<unknown>(), atEnd: 'stop' });
    await expect(done).rejects.toThrow(
      `Order can read nothing that is written with a schema of writtenWith of topic orders: ${why}`,
    );
  },
);

it('starts though the registry cannot be asked: decoding will say', async () => {
  const log = memoryLog();
  await log.createTopic('orders', { partitions: 1 });
  const from = log.topic('orders', typeOf());
  await from.publish([{ id: 1 }] as never);
  log.registry.newest = () => Promise.reject(new Error('away'));
  const into = memorySink<unknown>();
  const through = map(({ value }: StreamEvent<unknown>) => value);
  await run({ name: 'job', from, through, into, atEnd: 'stop' });
  expect(into.rows).toEqual([{ id: 1 }]);
});
