// A user's program: events through a job into memory and into DuckDB, and one operator in plain RxJS.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clean,
  deduplicate,
  defineEvent,
  type EventLog,
  type EventValue,
  fileLog,
  type InferAvro,
  memoryLog,
  memorySink,
  type Pipeline,
  reject,
  run,
  type StreamEvent,
  tumblingWindow,
  type WindowResult,
} from '@streamify/core';
import { BrokerUnavailableError, confluentRegistry, kafkaLog, kafkaSink } from '@streamify/kafka';
import { startLocalKafka } from '@streamify/kafka-local';
import { topics } from '@streamify/models';
import { openWarehouse } from '@streamify/sink-duckdb';
import { from, lastValueFrom, toArray } from 'rxjs';

const minute = 60_000;

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
      { name: 'track', type: 'string' },
    ],
  },
  { time: 'at', key: 'track' },
);
type Play = EventValue<typeof Play>;

/** Played with a stray space, without a time, and twice. */
const plays: readonly Play[] = [
  { id: 'a', at: 1 * minute, track: 'so what ' },
  { id: 'b', at: 2 * minute, track: 'blue in green' },
  { id: 'b', at: 2 * minute, track: 'blue in green' },
  { id: 'c', at: null, track: 'so what' },
  { id: 'd', at: 6 * minute, track: 'so what ' },
];

const CleanPlay = {
  type: 'record',
  name: 'Play',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'track', type: 'string' },
  ],
} as const;
type CleanPlay = InferAvro<typeof CleanPlay>;

const landed: Pipeline<Play, StreamEvent<CleanPlay>> = (plays$) =>
  plays$.pipe(
    clean({ at: (at) => at ?? reject('no time'), track: (track) => track.trim() }),
    deduplicate({ by: ({ value }) => value.id, within: 60 * minute }),
  );

const counted: Pipeline<Play, WindowResult<number>> = (plays$) =>
  landed(plays$).pipe(
    tumblingWindow(
      { zero: 0, add: (n) => n + 1 },
      { size: 5 * minute, by: ({ value }) => value.track },
    ),
  );

/** Publishes the plays and runs both jobs to the end of the log. */
async function process(log: EventLog, path: string) {
  await log.createTopic('plays', { partitions: 1 });
  const topic = log.topic('plays', Play);
  await topic.publish(plays);

  const counts = memorySink<WindowResult<number>>();
  await run({ name: 'counts', from: topic, through: counted, into: counts, atEnd: 'complete' });
  assert.deepEqual(
    counts.rows.map(({ key, start, result }) => [key, start / minute, result]),
    [
      ['blue in green', 0, 1],
      ['so what', 0, 1],
      ['so what', 5, 1],
    ],
  );
  assert.equal(counts.dead.length, 1);
  assert.equal(counts.dead[0]?.reason, 'no time');

  const warehouse = await openWarehouse({ path });
  const job = {
    name: 'plays',
    from: topic,
    through: landed,
    into: warehouse.table('plays', CleanPlay),
    atEnd: 'stop',
  } as const;
  const { counts: sums } = await run(job);
  assert.deepEqual([sums['in'], sums['out'], sums['dead'], sums['duplicates']], [5, 3, 1, 1]);
  assert.equal((await run(job)).epochs, 0, 'run again, it adds nothing');
  const rows = await warehouse.query('select id, track from plays order by id');
  assert.deepEqual(rows, [
    { id: 'a', track: 'so what' },
    { id: 'b', track: 'blue in green' },
    { id: 'd', track: 'so what' },
  ]);
  await warehouse.close();
}

/** An operator of ours in a stream that no job runs. */
async function plainRxJS() {
  const events = plays
    .filter(({ at }) => at !== null)
    .map((value, offset) => ({
      value,
      key: value.track,
      time: value.at ?? Number.NaN,
      loggedAt: 0,
      position: { topic: 'plays', partition: 0, offset },
    }));
  const results = await lastValueFrom(
    from(events).pipe(deduplicate({ by: ({ value }) => value.id, within: 60 * minute }), toArray()),
  );
  assert.deepEqual(
    results.map(({ value }) => value.id),
    ['a', 'b', 'd'],
  );
}

const folder = await mkdtemp(join(tmpdir(), 'streamify-program-'));
try {
  const memory = memoryLog();
  await process(memory, join(folder, 'memory.duckdb'));
  await memory.close();
  const files = await fileLog({ dir: join(folder, 'log') });
  await process(files, join(folder, 'files.duckdb'));
  await files.close();
  await plainRxJS();
  assert.equal(topics.listen_events.keyOf({} as never), '');
} finally {
  await rm(folder, { recursive: true, force: true });
}

const url = 'http://127.0.0.1:1';
const kafka = kafkaLog({
  brokers: ['127.0.0.1:1'],
  registry: confluentRegistry({ url, patience: 100 }),
  patience: 100,
});
assert.ok(kafkaSink(kafka.topic('plays', Play)));
await assert.rejects(kafka.partitions('plays'), BrokerUnavailableError);
await kafka.close();
assert.equal(typeof startLocalKafka, 'function');
