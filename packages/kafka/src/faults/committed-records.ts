import { randomUUID } from 'node:crypto';
import { avroDecoder, type EventType, type RecordSchema } from '@streamify/core';
import type { IHeaders } from 'kafkajs';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { registryOfPlays } from './plays.ts';

/** A record as a plain consumer of kafkajs gets it. */
export interface CommittedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders | undefined;
}

const END = 'end-of-reading';

/**
 * Reads all committed records of a topic by a plain consumer of kafkajs, which shares no code with
 * what is tested.
 *
 * Behind the last record of each partition it writes one of its own, at which it stops. So it also
 * waits for each transaction that is still open, and does not end while one of them hangs.
 */
export async function committedRecords(
  brokers: readonly string[],
  topic: string,
): Promise<CommittedRecord[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const end = randomUUID();
  const partitions = await markEnds(kafka, topic, end);
  const consumer = kafka.consumer({ groupId: end, maxWaitTimeInMs: 100 });
  const found: CommittedRecord[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let left = partitions;
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer
        .run({
          eachMessage: async ({ partition, message }) => {
            const mark = textOf(message.headers, END);
            if (mark === undefined) {
              const { key, value, headers, offset } = message;
              found.push({ key, value, headers, partition, offset: Number(offset) });
            } else if (mark === end && --left === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}

/** Reads all committed events of a topic, as {@link committedRecords} does. */
export async function committedEvents<S extends RecordSchema, T>(
  brokers: readonly string[],
  topic: string,
  type: EventType<S, T>,
): Promise<T[]> {
  const records = (await committedRecords(brokers, topic)).flatMap(({ value }) =>
    // Watermarks have no value.
    value === null || value.length === 0 ? [] : [{ value, key: '', offset: 0, loggedAt: 0 }],
  );
  const decoder = avroDecoder(type, await registryOfPlays(type.schema));
  await decoder.prepare(records);
  return records.map((record) => decoder.decode(record));
}

/** A header as text. */
export function textOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return value === undefined ? undefined : String(value);
}

async function markEnds(kafka: InstanceType<typeof Kafka>, topic: string, end: string) {
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions.map(({ partitionId }) => partitionId) ?? [];
    await producer.connect();
    const messages = partitions.map((partition) => ({
      partition,
      key: END,
      value: null,
      headers: { [END]: end },
    }));
    await producer.send({ topic, messages });
    return partitions.length;
  } finally {
    await producer.disconnect();
    await admin.disconnect();
  }
}
