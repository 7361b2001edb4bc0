import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  avroDecoder,
  avroEncoder,
  type EventLog,
  fileRegistry,
  type NewRecord,
  partitionOf,
  run,
  type Sink,
} from '@streamify/core';
import { kafkaLog } from '@streamify/kafka';
import { ListenEvent } from '@streamify/models';
import { simulateBatches } from '@streamify/simulator';
import kafkajs from 'kafkajs';
import { measure, report } from './measure.ts';

const brokers = (process.env['STREAMIFY_KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const target = Number(process.env['STREAMIFY_BENCH_EVENTS'] ?? 1_000_000);
const runs = Number(process.env['STREAMIFY_BENCH_RUNS'] ?? 3);
const partitions = 6;

const dir = await mkdtemp(join(tmpdir(), 'streamify-bench-'));
const registry = fileRegistry({ dir: join(dir, 'schemas') });
const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
const log = kafkaLog({ brokers, registry });
try {
  const records = await encodedListens();
  const topic = `bench-${randomUUID()}`;
  await log.createTopic(topic, { partitions });
  const few = records.slice(0, 200_000);
  const bare: [string, () => Promise<number>][] = [500, 1_000, 2_000].map((size) => [
    `bare kafkajs, ${size} a batch`,
    () => produceBare(few, size),
  ]);
  const producing = [];
  for (const [name, work] of bare) producing.push(await measure(name, runs, work));
  producing.push(await measure('kafkaLog.publish', runs, () => produce(log, few)));
  report('Publishing 200,000 encoded listen events, idempotent, 6 partitions', producing);

  for (let at = 0; at < records.length; at += 20_000)
    await log.publish(topic, records.slice(at, at + 20_000));
  const consuming = [
    await measure('bare kafkajs: eachBatch, avsc', runs, () => consumeBare(topic)),
    await measure('read', runs, () => readAll(topic, false)),
    await measure('read, decode', runs, () => readAll(topic, true)),
    await measure('engine: read, decode', runs, () => runJob(topic)),
  ];
  report(`Consuming ${records.length.toLocaleString('en-US')} listen events, 6 partitions`, consuming);
} finally {
  await log.close();
  await rm(dir, { recursive: true });
}

async function encodedListens(): Promise<NewRecord[]> {
  const encoder = avroEncoder(
    ListenEvent,
    await registry.register('listen_events-value', ListenEvent.schema),
  );
  const records: NewRecord[] = [];
  for (const { events } of simulateBatches({ users: 20_000, days: 30, seed: 1 })) {
    for (const event of events.listen_events)
      records.push({ key: ListenEvent.keyOf(event), value: encoder.encode(event) });
    if (records.length >= target) break;
  }
  return records.slice(0, target);
}

async function produceBare(records: readonly NewRecord[], size: number): Promise<number> {
  const topic = `bench-${randomUUID()}`;
  await log.createTopic(topic, { partitions });
  const producer = kafka.producer({
    idempotent: true,
    createPartitioner: () => ({ message }) => message.partition ?? 0,
  });
  await producer.connect();
  for (let at = 0; at < records.length; at += size)
    await producer.send({
      topic,
      acks: -1,
      messages: records.slice(at, at + size).map(({ key, value }) => ({
        key,
        value: value as Buffer,
        partition: partitionOf(key, partitions),
      })),
    });
  await producer.disconnect();
  return records.length;
}

async function produce(to: EventLog, records: readonly NewRecord[]): Promise<number> {
  const topic = `bench-${randomUUID()}`;
  await to.createTopic(topic, { partitions });
  for (let at = 0; at < records.length; at += 20_000)
    await to.publish(topic, records.slice(at, at + 20_000));
  return records.length;
}

async function consumeBare(topic: string): Promise<number> {
  const consumer = kafka.consumer({ groupId: randomUUID(), maxBytesPerPartition: 4 << 20, maxBytes: 24 << 20 });
  const decoder = avroDecoder(ListenEvent, registry);
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          const records = batch.messages.map(({ value }) => ({ value: value as Buffer }));
          await decoder.prepare(records);
          for (const record of records) decoder.decode(record);
          seen += records.length;
          if (seen >= target) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return seen;
}

async function readAll(topic: string, decode: boolean): Promise<number> {
  const counts = await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const decoder = avroDecoder(ListenEvent, registry);
      const reader = await log.reader(topic, partition);
      const { start, end } = await reader.bounds();
      for (let next = start; next < end; ) {
        const slice = await reader.poll({
          from: next,
          maxRecords: 20_000,
          maxBytes: 16 << 20,
          maxWait: 1_000,
        });
        if (decode) {
          await decoder.prepare(slice.records);
          for (const record of slice.records) decoder.decode(record);
        }
        next = slice.next;
      }
      await reader.close();
      return end - start;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function runJob(topic: string): Promise<number> {
  const nothing: Sink<unknown> = {
    open: async () => ({
      checkpoint: undefined,
      refusal: () => undefined,
      commit: async () => {},
      close: async () => {},
    }),
  };
  const { counts } = await run({
    name: `bench-${randomUUID()}`,
    from: log.topic(topic, ListenEvent),
    through: (events$) => events$,
    into: nothing,
    atEnd: 'stop',
  });
  return counts['in'] ?? 0;
}
