import { randomUUID } from 'node:crypto';
import type { EventType, RecordSchema } from '@streamify/core';
import { avroDecoder } from '@streamify/core/adapter';
import type { Consumer, ConsumerConfig, IHeaders, Kafka as KafkaJs } from 'kafkajs';
import { Kafka, logLevel, PartitionAssigners } from '../client/kafkajs.ts';
import { registryOfPlays } from './plays.ts';

/** A record as a consumer of kafkajs gets it. */
export interface CommittedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders | undefined;
}

const END = 'end-of-reading';

/** How a consumer is made. */
export type ConsumerOf = (kafka: KafkaJs, config: ConsumerConfig) => Consumer;

/** A consumer as kafkajs makes it. */
export const plainConsumer: ConsumerOf = (kafka, config) => kafka.consumer(config);

interface Fetched {
  readonly responses: readonly {
    readonly partitions: readonly {
      abortedTransactions?: readonly { readonly firstOffset: string }[];
    }[];
  }[];
}

interface FetchingBroker {
  fetch(request: unknown): Promise<Fetched>;
}

/**
 * A consumer that takes the aborted transactions of a fetch by where they begin, as kafkajs expects
 * them; brokers give them by where they end. Without that it shows records of those that overlap.
 */
const orderingConsumer: ConsumerOf = (kafka, config) =>
  kafka.consumer({
    ...config,
    partitionAssigners: [
      (assigning) => {
        const { brokerPool } = assigning.cluster as unknown as {
          readonly brokerPool: { createBroker: (options: unknown) => FetchingBroker };
        };
        const { createBroker } = brokerPool;
        brokerPool.createBroker = (options) => orderingBroker(createBroker(options));
        return PartitionAssigners.roundRobin(assigning);
      },
    ],
  });

function orderingBroker(broker: FetchingBroker): FetchingBroker {
  const fetch = broker.fetch.bind(broker);
  broker.fetch = async (request) => {
    const fetched = await fetch(request);
    for (const { partitions } of fetched.responses)
      for (const partition of partitions)
        partition.abortedTransactions = (partition.abortedTransactions ?? []).toSorted(
          (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
        );
    return fetched;
  };
  return broker;
}

/**
 * Reads all committed records of a topic by a consumer of kafkajs, which shares no code with what is
 * tested.
 *
 * Behind the last record of each partition it writes one of its own, at which it stops. So it also
 * waits for each transaction that is still open, and does not end while one of them hangs.
 */
export async function committedRecords(
  brokers: readonly string[],
  topic: string,
  consumerOf: ConsumerOf = orderingConsumer,
): Promise<CommittedRecord[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const end = randomUUID();
  const partitions = await markEnds(kafka, topic, end);
  const consumer = consumerOf(kafka, { groupId: end, maxWaitTimeInMs: 100 });
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
  consumerOf?: ConsumerOf,
): Promise<T[]> {
  const records = (await committedRecords(brokers, topic, consumerOf)).flatMap(({ value }) =>
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
