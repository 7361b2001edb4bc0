import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  clean,
  deduplicate,
  type EventLog,
  fileLog,
  memorySink,
  type Pipeline,
  run,
  type StreamEvent,
} from '@streamify/core';
import { avroDecoder, type LogRecord } from '@streamify/core/adapter';
import { ListenEvent, rawTables } from '@streamify/models';
import { simulateBatches } from '@streamify/simulator';
import { openWarehouse } from '@streamify/sink-duckdb';
import { handWritten } from './hand-written.ts';
import { measure, report } from './measure.ts';
import { type CleanListen, cleanListen, rules } from './rules.ts';

const target = Number(process.env['STREAMIFY_BENCH_EVENTS'] ?? 500_000);
const runs = Number(process.env['STREAMIFY_BENCH_RUNS'] ?? 3);
const topic = 'listen_events';
const byId = deduplicate<CleanListen>({ by: ({ value }) => value.eventId, within: 86_400_000 });

const dir = await mkdtemp(join(tmpdir(), 'streamify-bench-'));
const log = await fileLog({ dir: join(dir, 'log') });
try {
  const events = await fill(log);
  let file = 0;
  const fresh = () => join(dir, `${file++}.duckdb`);
  const costs = [
    await measure('by hand: decode, clean, append', runs, () => handWritten(log, topic, fresh())),
    await measure('read', runs, () => readAll(() => {})),
    await measure('read, decode', runs, decodeAll),
    await measure('read, decode, clean', runs, () => decodeAll((event) => void cleanListen(event))),
    await measure('engine: … into nothing', runs, () => runJob(cleaning)),
    await measure('engine: … + deduplicate', runs, () => runJob((e$) => cleaning(e$).pipe(byId))),
    await measure('engine: … into DuckDB', runs, () => land(fresh(), cleaning)),
    await measure('engine: … + deduplicate, DuckDB', runs, () =>
      land(fresh(), (e$) => cleaning(e$).pipe(byId)),
    ),
  ];
  report(
    `File log to DuckDB, ${events.toLocaleString('en-US')} listen events in Avro, 1 partition`,
    costs,
  );
} finally {
  await log.close();
  await rm(dir, { recursive: true });
}

/** Publishes simulated listens until there are enough. */
async function fill(into: EventLog): Promise<number> {
  await into.createTopic(topic, { partitions: 1 });
  let events = 0;
  for (const batch of simulateBatches({ users: 20_000, days: 30, seed: 1 })) {
    const listens = batch.events.listen_events.slice(0, target - events);
    await into.topic(topic, ListenEvent).publish(listens);
    events += listens.length;
    if (events === target) break;
  }
  return events;
}

async function readAll(
  each: (records: readonly LogRecord[]) => void | Promise<void>,
): Promise<number> {
  const reader = await log.reader(topic, 0);
  const { start, end } = await reader.bounds();
  for (let next = start; next < end; ) {
    const slice = await reader.poll({
      from: next,
      maxRecords: 20_000,
      maxBytes: 16 << 20,
      maxWait: 0,
    });
    await each(slice.records);
    next = slice.next;
  }
  await reader.close();
  return end - start;
}

function decodeAll(each: (event: ListenEvent) => void = () => {}): Promise<number> {
  const decoder = avroDecoder(ListenEvent, log.registry);
  return readAll(async (records) => {
    await decoder.prepare(records);
    for (const record of records) each(decoder.decode(record));
  });
}

function cleaning(events$: Parameters<Pipeline<ListenEvent, unknown>>[0]) {
  return events$.pipe(clean<ListenEvent, typeof rules>(rules, { time: 'ts' }));
}

/** Runs a job whose rows nobody keeps. */
async function runJob(through: Pipeline<ListenEvent, StreamEvent<CleanListen>>): Promise<number> {
  const sink = memorySink<CleanListen>();
  const into = {
    ...sink,
    open: async (task: Parameters<typeof sink.open>[0]) => {
      const opened = await sink.open(task);
      return { ...opened, commit: async () => {} };
    },
  };
  const { counts } = await run({
    name: 'bench',
    from: log.topic(topic, ListenEvent),
    through,
    into,
    atEnd: 'stop',
  });
  return counts['in'] ?? 0;
}

async function land(
  path: string,
  through: Pipeline<ListenEvent, StreamEvent<CleanListen>>,
): Promise<number> {
  const warehouse = await openWarehouse({ path });
  const { counts } = await run({
    name: 'bench',
    from: log.topic(topic, ListenEvent),
    through,
    into: warehouse.table(topic, rawTables.listen_events),
    atEnd: 'stop',
  });
  await warehouse.close();
  return counts['in'] ?? 0;
}
