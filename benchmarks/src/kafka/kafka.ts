import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileRegistry } from '@streamify/core';
import { avroEncoder, type NewRecord } from '@streamify/core/adapter';
import { kafkaLog } from '@streamify/kafka';
import { type LocalKafka, startLocalKafka } from '@streamify/kafka-local';
import { ListenEvent } from '@streamify/models';
import { simulateBatches } from '@streamify/simulator';
import { type Cost, measure, report } from '../measure.ts';
import { bareKafka } from './bare.ts';
import { checkWindows } from './check-windows.ts';
import { type JobName, outputs } from './jobs.ts';
import { type JobRun, runInProcesses, runStage } from './processes.ts';
import type { StageName } from './stages.ts';

const target = Number(process.env['STREAMIFY_BENCH_EVENTS'] ?? 1_000_000);
const runs = Number(process.env['STREAMIFY_BENCH_RUNS'] ?? 3);
const partitions = 6;

const dir = await mkdtemp(join(tmpdir(), 'streamify-bench-'));
const given = process.env['STREAMIFY_KAFKA_BROKERS'];
const local: LocalKafka | undefined = given
  ? undefined
  : await startLocalKafka({ dir: join(dir, 'kafka'), report: (line) => console.log(line) });
const brokers = given?.split(',') ?? [...(local?.brokers ?? [])];
const schemas = join(dir, 'schemas');
const registry = fileRegistry({ dir: schemas });
const log = kafkaLog({ brokers, registry });
const bare = bareKafka({ brokers, log, partitions });
const listens = `bench-${randomUUID()}`;
const parts = {
  publish: async () => publishing(await encodedListens(200_000)),
  consume: consuming,
  clean: fromKafkaToKafka,
  land: landing,
  windows: playsPerSong,
} as const;
const names = Object.keys(parts) as (keyof typeof parts)[];
const { positionals: chosen } = parseArgs({ allowPositionals: true });
try {
  await log.createTopic(listens, { partitions });
  // Kept nowhere else: what a process holds on to slows down all that it measures.
  await log.publish(listens, await encodedListens(target));
  for (const name of names) if (chosen.length === 0 || chosen.includes(name)) await parts[name]();
} finally {
  await log.close();
  await local?.stop();
  await rm(dir, { recursive: true });
}

async function encodedListens(count: number): Promise<NewRecord[]> {
  const id = await registry.register('listen_events-value', ListenEvent.schema);
  const { encode } = avroEncoder(ListenEvent, id);
  const records: NewRecord[] = [];
  for (const { events } of simulateBatches({ users: 20_000, days: 30, seed: 1 })) {
    for (const event of events.listen_events)
      records.push({ key: ListenEvent.keyOf(event), value: encode(event) });
    if (records.length >= count) break;
  }
  return records.slice(0, count);
}

async function newTopic(): Promise<string> {
  const topic = `bench-${randomUUID()}`;
  await log.createTopic(topic, { partitions });
  return topic;
}

async function publishing(records: readonly NewRecord[]): Promise<void> {
  const costs: Cost[] = [];
  for (const size of [1_000, 2_000, 4_000])
    costs.push(
      await measure(`bare kafkajs, ${size} at once`, runs, async () =>
        bare.produce(await newTopic(), records, size),
      ),
    );
  const best = costs.toSorted((a, b) => a.seconds - b.seconds)[0] as Cost;
  const ours = await measure('kafkaLog.publish', runs, async () => {
    await log.publish(await newTopic(), records);
    return records.length;
  });
  report(`Publishing ${shown(records.length)} encoded listen events, idempotent`, [best, ours]);
}

/** Runs stages in turn, each in a process of its own, some times over; the fastest run of each counts. */
async function inTurn(names: readonly StageName[]): Promise<Cost[]> {
  const best = new Map<StageName, Cost>();
  for (let i = 0; i < runs; i++)
    for (const name of names) {
      const file = join(dir, `${randomUUID()}.duckdb`);
      const cost = await runStage(
        name,
        { brokers, listens, events: target, partitions, file },
        schemas,
      );
      await rm(file, { force: true });
      const before = best.get(name);
      if (!before || cost.seconds < before.seconds) best.set(name, cost);
    }
  return names.map((name) => best.get(name) as Cost);
}

async function consuming(): Promise<void> {
  const costs = await inTurn([
    'bare kafkajs: eachBatch, avsc',
    'engine: does nothing with them',
    'engine: rows, into nothing',
  ]);
  report(`Consuming ${shown(target)} listen events, ${partitions} partitions`, costs);
}

/** Runs jobs one after another, each in so many processes; the fastest of some runs counts. */
async function inProcesses(
  stage: string,
  names: readonly JobName[],
  processes: number,
  check: (name: string) => Promise<void> = async () => {},
): Promise<Cost> {
  let best: Cost | undefined;
  for (let i = 0; i < runs; i++) {
    const name = `run-${randomUUID()}`;
    const args = [listens, name, schemas, brokers.join()];
    const done: JobRun[] = [];
    for (const job of names) {
      await log.createTopic(`${name}.${outputs[job]}`, { partitions });
      done.push(await runInProcesses(job, { processes, events: target }, args));
    }
    // Windows are still open behind the last event.
    if (names.includes('count')) done.push(await runInProcesses('count', { processes: 1 }, args));
    await check(name);
    const sum = (of: (each: JobRun) => number) => done.reduce((all, each) => all + of(each), 0);
    console.log(`  ${stage}: ${done.map((each) => each.seconds.toFixed(1)).join(' + ')} s`);
    const seconds = sum((each) => each.seconds);
    const peakMegabytes = process.resourceUsage().maxRSS / 1_024;
    if (!best || seconds < best.seconds)
      best = {
        stage,
        events: target,
        seconds,
        cpuSeconds: sum((each) => each.cpuSeconds),
        peakMegabytes,
      };
  }
  return best as Cost;
}

async function fromKafkaToKafka(): Promise<void> {
  report(`Kafka -> clean -> Kafka, exactly once, ${shown(target)} listen events`, [
    await inProcesses('1 process', ['clean'], 1),
    await inProcesses('2 processes', ['clean'], 2),
  ]);
}

async function landing(): Promise<void> {
  const costs = await inTurn(['by hand: kafkajs, avsc, appender', 'W1: engine, clean, DuckDB']);
  report(
    `Kafka -> clean -> DuckDB, ${partitions} partitions: at least once by hand, and exactly once`,
    costs,
  );
}

async function playsPerSong(): Promise<void> {
  const check = async (name: string) => {
    const { windows, right, surplus } = await checkWindows(log, `${name}.counts`, listens);
    console.log(`  ${shown(right)} of ${shown(windows)} windows right, ${surplus} too many`);
  };
  const costs = [];
  for (const processes of [1, 2])
    costs.push(
      await inProcesses(`W2: ${processes} process(es)`, ['rekey', 'count'], processes, check),
    );
  const seconds = costs.map((cost) => `${cost.seconds.toFixed(1)} s`).join(' and ');
  report(`Plays per song in 5-minute windows by way of a re-keyed topic: ${seconds}`, costs);
}

function shown(n: number): string {
  return n.toLocaleString('en-US');
}
