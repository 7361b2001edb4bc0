import type { Consumer, KafkaMessage, Producer } from 'kafkajs';
import { Kafka, logLevel } from '../client/kafkajs.ts';

/** What is copied, and what happens on the way. */
export interface NaiveCopyOptions {
  readonly brokers: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly group: string;
  /** Called between producing and committing. */
  readonly produced?: () => Promise<void>;
  /** Offset of what stands behind the last message, by partition. */
  readonly ends: readonly number[];
}

/**
 * The negative control: a consumer as it is mostly written, which produces what it has read and then
 * commits its offsets, and is started again when it has crashed. Resolves when it has read to the ends.
 */
export async function naiveCopy(options: NaiveCopyOptions): Promise<void> {
  const done = options.ends.map((end) => end === 0);
  while (!done.every(Boolean)) {
    // Whatever it was: it is started again.
    await copyUntilCrash(options, done).catch(() => {});
  }
}

async function copyUntilCrash(options: NaiveCopyOptions, done: boolean[]): Promise<void> {
  const { brokers, from, group } = options;
  const kafka = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    requestTimeout: 2_000,
    retry: { retries: 1, initialRetryTime: 100 },
  });
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 2_000,
    heartbeatInterval: 300,
    maxWaitTimeInMs: 100,
    retry: { restartOnFailure: async () => false },
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await Promise.all([consumer.connect(), producer.connect()]);
    await consumer.subscribe({ topics: [from], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, () => resolve());
      copy(options, { consumer, producer, done, finish: resolve }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
  }
}

interface Copying {
  readonly consumer: Consumer;
  readonly producer: Producer;
  readonly done: boolean[];
  readonly finish: () => void;
}

function copy(
  { from, to, produced, ends }: NaiveCopyOptions,
  { consumer, producer, done, finish }: Copying,
): Promise<void> {
  return consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const { partition, messages } = batch;
      await producer.send({ topic: to, messages: messages.map(copyOf) });
      await produced?.();
      const next = Number(batch.lastOffset()) + 1;
      await consumer.commitOffsets([{ topic: from, partition, offset: String(next) }]);
      done[partition] = next >= (ends[partition] ?? 0);
      if (done.every(Boolean)) finish();
    },
  });
}

const copyOf = ({ key, value }: KafkaMessage) => ({ key, value });
