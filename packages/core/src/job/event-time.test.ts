import { describe, expect, it } from 'vitest';
import { defineEvent } from '../codec/define-event.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventValue } from '../contract/event-type.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { clean, reject } from '../operators/clean.ts';
import { mapAsync } from '../operators/map-async.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { logSink } from '../sink/log/log-sink.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { run } from './run.ts';

const Order = defineEvent(
  {
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'buyer', type: 'string' },
      { name: 'amount', type: 'int' },
      {
        name: 'at',
        type: ['null', { type: 'long', logicalType: 'timestamp-millis' }],
        default: null,
      },
    ],
  },
  { time: 'at', key: 'buyer' },
);
type Order = EventValue<typeof Order>;
type Orders = Pipeline<Order, StreamEvent<Order>>;

const HOUR = 3_600_000;
const start = 1_800_000_000_000;
const good = Array.from({ length: 100 }, (_, i) => ({
  buyer: 'good',
  amount: 1,
  at: start + 1_000 * i,
}));

const cleaned = clean<Order, { amount: (amount: number) => number }>({
  amount: (amount) => (amount < 0 ? reject('a negative amount') : amount),
});
const asked = mapAsync<StreamEvent<Order>, StreamEvent<Order>>(async (order) => {
  if (order.value.amount < 0) throw new Error('unknown order');
  return order;
});
const sums = tumblingWindow<Order, number>(
  { zero: 0, add: (sum, { value }) => sum + value.amount },
  { size: 10_000 },
);

/** Appends each of the orders when it is made: a good one at its own time. */
async function published(orders: readonly Order[]) {
  let now = start;
  const log = memoryLog({ now: () => now });
  await log.createTopic('orders', { partitions: 1 });
  await log.createTopic('by-buyer', { partitions: 1 });
  const topic = log.topic('orders', Order);
  for (const order of orders) {
    if (order.buyer === 'good') now = order.at as number;
    await topic.publish([order]);
  }
  return { log, topic };
}

/** The windows of the good orders that a job gives, and its counts. */
async function windowsOf(
  orders: readonly Order[],
  through: Orders,
  options: { readonly maxFutureSkew?: number } = {},
) {
  const { topic: from } = await published(orders);
  const into = memorySink<WindowResult<number>>();
  const windows: Pipeline<Order, WindowResult<number>> = (orders$) => orders$.pipe(through, sums);
  const { counts } = await run({
    name: 'job',
    from,
    through: windows,
    into,
    atEnd: 'complete',
    maxDeadShare: 1,
    ...options,
  });
  return { rows: ofGood(into.rows), counts };
}

/** The same by way of a topic that the first job writes, and that carries its watermark. */
async function carriedWindowsOf(
  orders: readonly Order[],
  through: Orders,
  options: { readonly maxFutureSkew?: number } = {},
) {
  const { log, topic } = await published(orders);
  const rekeyed = log.topic('by-buyer', Order);
  // Of few events, so that there are watermarks between those of the whole.
  const epoch = { maxRecords: 5 };
  const ends = { atEnd: 'complete', maxDeadShare: 1, epoch, ...options } as const;
  await run({ name: 'first', from: topic, through, into: logSink(rekeyed), ...ends });
  const into = memorySink<WindowResult<number>>();
  const { counts } = await run({ name: 'second', from: rekeyed, through: sums, into, ...ends });
  return { rows: ofGood(into.rows), counts };
}

const ofGood = (rows: readonly WindowResult<number>[]) =>
  rows.filter(({ key }) => key === 'good').map(({ start: from, result }) => [from - start, result]);
const allRight = Array.from({ length: 10 }, (_, i) => [10_000 * i, 10]);

const ahead = (order: Partial<Order>): Order => ({
  buyer: 'fast',
  amount: 1,
  at: start + 3 * HOUR,
  ...order,
});
/** The good orders, with others strewn among them by the seed. */
function mixed(seed: number, others: readonly Order[]): readonly Order[] {
  const random = seededRandom(seed);
  const orders: Order[] = [...good];
  for (const other of others)
    orders.splice(1 + Math.floor(random() * (orders.length - 1)), 0, other);
  return orders;
}

describe.each([
  ['clean', (orders$) => orders$.pipe(cleaned)],
  ['mapAsync', (orders$) => orders$.pipe(asked)],
] satisfies [string, Orders][])('behind %s, the windows of good orders', (_, through) => {
  it.each([1, 2, 3, 4, 5, 6])(
    'are the same whatever bad, early and undated ones come between (%i)',
    async (seed) => {
      const random = seededRandom(1_000 + seed);
      const others = Array.from({ length: 30 }, () => {
        const amount = random() < 0.5 ? -1 : 1;
        if (random() < 0.2) return ahead({ buyer: 'undated', amount, at: null });
        return ahead({ amount, at: start + Math.floor(random() * 40 * HOUR) });
      });
      const orders = mixed(seed, others);
      expect((await windowsOf(orders, through)).rows).toEqual(allRight);
      expect((await carriedWindowsOf(orders, through)).rows).toEqual(allRight);
    },
  );

  it('do not hear of the time of a dead letter, even of one that may be ahead', async () => {
    const orders = mixed(1, [ahead({ amount: -1 })]);
    const free = { maxFutureSkew: Number.POSITIVE_INFINITY };
    const { rows, counts } = await windowsOf(orders, through, free);
    expect(rows).toEqual(allRight);
    expect(counts).toEqual({ in: 101, out: 10, dead: 1 });
    expect((await carriedWindowsOf(orders, through, free)).rows).toEqual(allRight);
  });
});

const asTheyAre: Orders = (orders$) => orders$;

it('counts events that are ahead of their append', async () => {
  const { counts } = await windowsOf(mixed(1, [ahead({}), ahead({})]), asTheyAre);
  expect(counts).toEqual({ in: 102, out: 11, ahead: 2 });
});

it('lets an event move time as far as it says where the job says so', async () => {
  const { rows, counts } = await windowsOf(
    [...good.slice(0, 50), ahead({}), ...good.slice(50)],
    asTheyAre,
    {
      maxFutureSkew: Number.POSITIVE_INFINITY,
    },
  );
  expect(rows).toEqual(allRight.slice(0, 5));
  expect(counts).toMatchObject({ late: 50 });
});
