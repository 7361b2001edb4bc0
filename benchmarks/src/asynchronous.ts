import { setTimeout as sleep } from 'node:timers/promises';
import {
  defineEvent,
  mapAsync,
  memoryLog,
  memorySink,
  type Pipeline,
  run,
  type StreamEvent,
} from '@streamify/core';
import { measure, report } from './measure.ts';

const events = Number(process.env['STREAMIFY_BENCH_CALLS'] ?? 60_000);
const runs = Number(process.env['STREAMIFY_BENCH_RUNS'] ?? 3);
const callMs = 5;
const concurrency = 64;
const limit = (1_000 * concurrency) / callMs;

const Order = defineEvent(
  {
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  },
  { time: 'at', key: 'id' },
);
interface Order {
  readonly id: number;
  readonly at: number;
}

const log = memoryLog();
await log.createTopic('orders', { partitions: 1 });
await log
  .topic('orders', Order)
  .publish(Array.from({ length: events }, (_, id) => ({ id, at: 1_000 * id })));

const asking = mapAsync<StreamEvent<Order>, StreamEvent<Order>>(
  async (order) => {
    await sleep(callMs);
    return order;
  },
  { concurrency },
);
const costs = [
  await measure('by hand: as many loops, no log', runs, byHand),
  await measure('a job with mapAsync', runs, () => runJob((orders$) => orders$.pipe(asking))),
  await measure('the job without it', runs, () => runJob((orders$) => orders$)),
];
report(
  `${events.toLocaleString('en-US')} calls of ${callMs} ms, ${concurrency} under way: at most ${limit.toLocaleString('en-US')}/s`,
  costs,
);
for (const { stage, seconds } of costs.slice(0, 2))
  console.log(`  ${stage}: ${((100 * events) / seconds / limit).toFixed(1)} % of that`);

/** What the timers of this machine give to calls that nothing else delays. */
async function byHand(): Promise<number> {
  let started = 0;
  const loop = async () => {
    while (started++ < events) await sleep(callMs);
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return events;
}

async function runJob(through: Pipeline<Order, StreamEvent<Order>>): Promise<number> {
  const { counts } = await run({
    name: 'bench',
    from: log.topic('orders', Order),
    through,
    into: memorySink<Order>(),
    atEnd: 'complete',
  });
  return counts['in'] ?? 0;
}
