import { type EventLog, memoryLog, run, type Topic } from '@streamify/core';
import { ListenEvent } from '@streamify/models';
import { simulateBatches } from '@streamify/simulator';
import { type Cost, measure, report } from './measure.ts';
import { nothing } from './nothing.ts';

/*
 * What reading JSON costs a job, beside `JSON.parse` of the same records, and beside Avro. The job checks each
 * field against the schema, and does nothing with the events.
 */

const target = Number(process.env['STREAMIFY_BENCH_EVENTS'] ?? 200_000);
const runs = Number(process.env['STREAMIFY_BENCH_RUNS'] ?? 5);

const log = memoryLog();
const topics = {
  json: log.topic('json', ListenEvent, { format: 'json' }),
  avro: log.topic('avro', ListenEvent),
} as const;
const listens: ListenEvent[] = [];
for (const { events } of simulateBatches({ users: 20_000, days: 30, seed: 1 })) {
  listens.push(...events.listen_events);
  if (listens.length >= target) break;
}
listens.length = Math.min(listens.length, target);
for (const topic of Object.values(topics)) {
  await log.createTopic(topic.name, { partitions: 1 });
  await topic.publish(listens);
}

const costs: readonly Cost[] = [
  await measure('by hand: JSON.parse of each', runs, () => byHand(log)),
  await measure('a job on JSON', runs, () => runJob(topics.json)),
  await measure('a job on Avro', runs, () => runJob(topics.avro)),
];
report(`Reading ${listens.length.toLocaleString('en-US')} listen events from memory`, costs);

/** Reads the records in slices, as a job does, and parses each. */
async function byHand(source: EventLog): Promise<number> {
  const reader = await source.reader(topics.json.name, 0);
  let count = 0;
  for (let from = 0; from < listens.length; ) {
    const slice = await reader.poll({ from, maxRecords: 1_000, maxBytes: 1e9, maxWait: 0 });
    for (const { value } of slice.records)
      if ((JSON.parse(String(value)) as ListenEvent).eventId !== '') count++;
    from = slice.next;
  }
  await reader.close();
  return count;
}

async function runJob(from: Topic<ListenEvent>): Promise<number> {
  const { counts } = await run({
    name: 'bench',
    from,
    through: (listens$) => listens$,
    into: nothing,
    atEnd: 'stop',
  });
  return counts['in'] ?? 0;
}
