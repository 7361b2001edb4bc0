import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  avroEncoder,
  clean,
  fileRegistry,
  type JobOptions,
  type NewRecord,
  run,
  type Sink,
} from '@streamify/core';
import { kafkaLog } from '@streamify/kafka';
import { type LocalKafka, startLocalKafka } from '@streamify/kafka/local';
import { ListenEvent, rawTables } from '@streamify/models';
import { simulateBatches } from '@streamify/simulator';
import { openWarehouse } from '@streamify/sink-duckdb';
import { type Cost, measure, report } from '../measure.ts';
import { rules } from '../rules.ts';
import { bareKafka } from './bare.ts';
import { checkWindows } from './check-windows.ts';
import { type JobName, outputs } from './jobs.ts';
import { type JobRun, runInProcesses } from './processes.ts';

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
const bare = bareKafka(brokers, registry, partitions);
const listens = `bench-${randomUUID()}`;
try {
  await publishing(await encodedListens(200_000));
  await log.createTopic(listens, { partitions });
  // Kept nowhere else: what a process holds on to slows down all that it measures.
  await log.publish(listens, await encodedListens(target));
  await consuming();
  await fromKafkaToKafka();
  await landing();
  await playsPerSong();
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

async function consuming(): Promise<void> {
  const through: JobOptions<ListenEvent, unknown>['through'] = (events$) => events$;
  const into: Sink<unknown> = {
    open: async () => ({
      checkpoint: undefined,
      refusal: () => undefined,
      commit: async () => {},
      close: async () => {},
    }),
  };
  report(`Consuming ${shown(target)} listen events, ${partitions} partitions`, [
    await measure('bare kafkajs: eachBatch, avsc', runs, () => bare.consume(listens, target)),
    await measure('engine, into nothing', runs, async () => {
      const name = `bench-${randomUUID()}`;
      const from = log.topic(listens, ListenEvent);
      const { counts } = await run({ name, from, through, into, atEnd: 'stop' });
      return counts['in'] ?? 0;
    }),
  ]);
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
  let file = 0;
  const cost = await measure('W1: clean and land', runs, async () => {
    const warehouse = await openWarehouse({ path: join(dir, `${file++}.duckdb`) });
    const { counts } = await run({
      name: `bench-${randomUUID()}`,
      from: log.topic(listens, ListenEvent),
      through: (events$) => events$.pipe(clean<ListenEvent, typeof rules>(rules, { time: 'ts' })),
      into: warehouse.table('listen_events', rawTables.listen_events),
      atEnd: 'stop',
    });
    await warehouse.close();
    return counts['in'] ?? 0;
  });
  report(`Kafka -> clean -> DuckDB, exactly once: ${cost.seconds.toFixed(1)} s`, [cost]);
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
