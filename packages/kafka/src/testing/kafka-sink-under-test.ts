import { randomUUID } from 'node:crypto';
import {
  type DeadLetter,
  defineEvent,
  type EventLog,
  headerText,
  memoryRegistry,
  type SchemaRegistry,
  type Topic,
} from '@streamify/core';
import {
  avroDecoder,
  type EpochCommit,
  type EpochOutput,
  type LogRecord,
  writtenEnd,
} from '@streamify/core/adapter';
import {
  type ContractRow,
  contractSchema,
  emptyOutput,
  type SinkUnderTest,
  type StoredOutput,
} from '@streamify/core/testing';
import { kafkaLog } from '../log/kafka-log.ts';
import type { KafkaLogOptions } from '../log/kafka-log-options.ts';
import { closedBy, readDeadLetter } from '../sink/dead-letter-message.ts';
import { jobTopics } from '../sink/job-topics.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import type { TaskProgress } from '../sink/task-progress.ts';

/** Rows of the contract as events of a topic. */
export const ContractEvent = defineEvent(contractSchema, { time: 'at', key: 'id' });

/** All committed records of a topic, partition by partition; those included whose transaction is about to end. */
export async function recordsOf(log: EventLog, topic: string): Promise<LogRecord[][]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  return Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const reader = await log.reader(topic, partition);
      const records: LogRecord[] = [];
      const [{ start }, end] = await Promise.all([reader.bounds(), writtenEnd(reader)]);
      for (let from = start; from < end; ) {
        const limits = { maxRecords: 1e9, maxBytes: 1e9, maxWait: 5_000 };
        const slice = await reader.poll({ ...limits, from });
        if (slice.next === from) break;
        records.push(...slice.records);
        from = slice.next;
      }
      await reader.close();
      return records;
    }),
  );
}

/** Decodes the rows of some records; watermarks are none. */
export async function rowsOf<T>(topic: Topic<T>, records: readonly LogRecord[]): Promise<T[]> {
  const decoder = avroDecoder(topic.type, topic.log.registry);
  const rows = records.filter(({ value }) => value.length > 0);
  await decoder.prepare(rows);
  return rows.map((record) => decoder.decode(record));
}

/** What a test of the sink has: names of its own on a shared broker. */
export interface SinkTrial {
  readonly log: EventLog;
  readonly topic: Topic<ContractRow>;
  /** What one of its names is in Kafka. */
  inKafka(name: string): string;
  /** Makes another log of the same cluster, as another process has one. */
  anotherLog(options?: Partial<KafkaLogOptions>): EventLog;
  close(): Promise<void>;
}

/** Makes a topic for rows of the contract, with three partitions. */
export async function sinkTrial(
  brokers: readonly string[],
  logOptions: Partial<KafkaLogOptions> = {},
): Promise<SinkTrial> {
  const registry: SchemaRegistry = memoryRegistry();
  const namespace = `trial-${randomUUID()}`;
  const logs: EventLog[] = [];
  const anotherLog = (options: Partial<KafkaLogOptions> = {}): EventLog => {
    const log = kafkaLog({ brokers, registry, namespace, ...logOptions, ...options });
    logs.push(log);
    return log;
  };
  const log = anotherLog();
  await log.createTopic('target', { partitions: 3 });
  return {
    log,
    topic: log.topic('target', ContractEvent),
    inKafka: (name) => `${namespace}.${name}`,
    anotherLog,
    async close() {
      for (const each of logs) await each.close();
    },
  };
}

/** All that the jobs of the contract have stored, read without the sink. */
export async function storedIn({ log, topic }: SinkTrial): Promise<StoredOutput> {
  const aside: StoredOutput['aside'][number][] = [];
  const dead: DeadLetter[] = [];
  const counts: Record<string, Record<string, number>> = {};
  for (const job of ['plays', 'skips']) {
    const names = jobTopics(job);
    for (const { key, value, headers } of (await recordsOf(log, names.sideOutputs)).flat())
      aside.push({
        output: key,
        element: JSON.parse(String(value)),
        cause: {
          topic: headerText(headers, 'streamify-topic') ?? '',
          partition: Number(headerText(headers, 'streamify-partition')),
          offset: Number(headerText(headers, 'streamify-offset')),
        },
      });
    const letters = (await recordsOf(log, names.deadLetters)).flat();
    dead.push(...letters.filter((each) => closedBy(each) === undefined).map(readDeadLetter));
    for (const records of await recordsOf(log, names.checkpoints)) {
      const last = records.findLast(({ key }) => key === 'checkpoint');
      if (!last) continue;
      counts[job] ??= {};
      const progress = JSON.parse(String(last.value)) as TaskProgress;
      for (const [name, n] of Object.entries(progress.counts))
        counts[job][name] = (counts[job][name] ?? 0) + n;
    }
  }
  const rows = await rowsOf(topic, (await recordsOf(log, topic.name)).flat());
  return { rows, aside, dead, counts };
}

/** A sink for the contract, and a switch for its faults. */
export async function kafkaSinkUnderTest(
  trial: SinkTrial,
  failNextCommit: SinkUnderTest['failNextCommit'],
): Promise<SinkUnderTest> {
  const { topic, log, anotherLog } = trial;
  return {
    sink: kafkaSink<ContractRow>(topic),
    async table(name) {
      await log.createTopic(name, { partitions: 2 });
      return kafkaSink<ContractRow>(log.topic(name, ContractEvent));
    },
    stored: () => storedIn(trial),
    storedIn: async (name) =>
      rowsOf(log.topic(name, ContractEvent), (await recordsOf(log, name)).flat()),
    reopen: async () => kafkaSink(anotherLog().topic(topic.name, ContractEvent)),
    failNextCommit,
    close: () => trial.close(),
  };
}

/** A row by its id. */
export function rowNamed(id: string, values: Partial<ContractRow> = {}): ContractRow {
  return { id, title: id, plays: 1, rating: null, paid: null, at: 1_700_000_000_000, ...values };
}

/** A commit that changes no state unless told. */
export function commitOf(epoch: number, values: Partial<EpochCommit> = {}): EpochCommit {
  const watermark = Number.NEGATIVE_INFINITY;
  return {
    epoch,
    next: { plays: epoch },
    topicIds: {},
    watermark,
    pipeline: '',
    state: undefined,
    ...values,
  };
}

/** What an epoch gave, all of it rows. */
export function outputOf(rows: readonly ContractRow[]): EpochOutput<ContractRow> {
  const causes = rows.map((_, offset) => ({ topic: 'plays', partition: 0, offset }));
  return { ...emptyOutput, rows, causes, counts: { in: rows.length, out: rows.length } };
}
