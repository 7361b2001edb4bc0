import {
  type EventLog,
  OptionError,
  type Sink,
  type StreamEvent,
  type Topic,
} from '@streamify/core';
import {
  checkOptions as checkKnown,
  checkTopicsAgree,
  checkWatermarks,
  type OutputTopic,
  SinkTargets,
  type TaskId,
  targetOf,
  unknownTopic,
} from '@streamify/core/adapter';
import { KafkaAccessError } from '../errors.ts';
import { type KafkaLogParts, partsOfKafkaLog } from '../log/kafka-log.ts';
import { compressionType } from '../wire/codecs.ts';
import { checkGrowth } from './check-growth.ts';
import { createJobTopics } from './create-job-topics.ts';
import type { TopicTarget } from './epoch-messages.ts';
import { type JobTopics, jobTopics } from './job-topics.ts';
import { openKafkaTask } from './kafka-task.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { RowEncoder } from './row-encoder.ts';
import { topicSetting } from './topic-setting.ts';

/** Brokers take 1 MiB of one partition at once by default. */
const batchBytes = 900_000;

/** Options of {@link kafkaSink}. */
export interface KafkaSinkOptions {
  /** Begins the transactional ids, `<prefix>/<namespace>.<job>/<partition>`. Default `streamify`. */
  readonly transactionalIdPrefix?: string;
  /**
   * Milliseconds after which the cluster aborts a transaction whose owner is gone. Until then, or
   * until the task is opened again, readers wait behind it. Default 60,000.
   */
  readonly transactionTimeout?: number;
  /** Most bytes of a row's key and value; a larger row is a dead letter, and so is one that exceeds the topic's own `max.message.bytes`. Default 1,000,000. */
  readonly maxMessageBytes?: number;
  /**
   * Whether the topic carries the watermarks of the tasks that feed it, as records without a value: a job of
   * windows that reads it needs them to be right. `false` for a result, which holds rows and nothing else.
   * Default `true`.
   */
  readonly watermarks?: boolean;
}

/** A sink into a topic of Kafka. */
export type KafkaSink<T> = Sink<T | StreamEvent<T>>;

/** The topic of a sink, and the largest message that it takes. */
interface KafkaTarget extends OutputTopic {
  readonly maxMessageBytes: number;
}

const targets = new SinkTargets<KafkaTarget>();

/**
 * Delivers into a topic, exactly once, under the key of the topic's type: the rows of all outputs,
 * watermarks, dead letters, state and checkpoint of an epoch are one transaction of Kafka, of which
 * readers of committed records see all or nothing. Topics of one log take the outputs of a job together.
 *
 * Beside the topic, each job has `<job>.checkpoints`, which is compacted, `<job>.dead-letters` and
 * `<job>.side-outputs`, in the namespace of the log. They are made when its first task opens.
 *
 * @throws OptionError when an option cannot work, or the topic is not one of a `kafkaLog`.
 *
 * @example
 * await run({ name: 'by-song', from: plays, through: (plays$) => plays$, into: kafkaSink(log.topic('plays_by_song', PlayBySong)) });
 */
export function kafkaSink<T extends object>(
  topic: Topic<T>,
  options: KafkaSinkOptions = {},
): KafkaSink<T> {
  const { log } = topic;
  const parts = partsOfKafkaLog(log);
  const settings = checkOptions(options);
  const { maxMessageBytes, watermarks } = settings;
  const main: KafkaTarget = {
    topic: topic as unknown as Topic<never>,
    maxMessageBytes,
    watermarks,
  };
  const jobTopicsOf = jobTopicsMaker(parts, log);
  const sink: KafkaSink<T> = {
    store: parts,
    target: targetOf(main),
    async open(task, named) {
      const others = targets.of(named);
      checkTopicsAgree(main, others);
      const target = await openTarget(parts, main);
      const opened = new Map<string, TopicTarget>();
      for (const [output, other] of others) opened.set(output, await openTarget(parts, other));
      const topics = await jobTopicsOf(task);
      return openKafkaTask({
        ...settingsOf(parts, settings, task),
        log,
        task,
        topics,
        target,
        named: opened,
      });
    },
    deadLetters: (job) => readDeadLetters(log, jobTopics(job).deadLetters),
  };
  return targets.add(sink, main);
}

/** Registers a topic's schema, where its format needs that, and finds out how many partitions it has. */
async function openTarget(
  parts: KafkaLogParts,
  { topic, maxMessageBytes, watermarks }: KafkaTarget,
): Promise<TopicTarget> {
  const { log, name } = topic;
  const partitions = await log.partitions(name);
  if (partitions === undefined) throw unknownTopic(name);
  const { encode } = await topic.codec.encoder();
  const topicLimit = await limitOf(parts, name);
  const rows = new RowEncoder({ topic, encode, partitions, maxMessageBytes, topicLimit });
  return { name, partitions, watermarks, rows };
}

/**
 * The largest batch that a topic takes. `undefined` where the cluster does not tell, and where batches are
 * compressed, so that only it can say how large a row is.
 */
async function limitOf(parts: KafkaLogParts, topic: string): Promise<number | undefined> {
  const { client, options } = parts;
  if (options.compression !== undefined && options.compression !== 'none') return undefined;
  const inKafka = client.namespace.inKafka(topic);
  const limit = await topicSetting(parts, inKafka, 'max.message.bytes').catch((cause) => {
    if (cause instanceof KafkaAccessError) return undefined;
    throw cause;
  });
  return limit === undefined ? undefined : Number(limit);
}

function settingsOf(
  { client, options: { compression = 'none', zstd } }: KafkaLogParts,
  settings: Required<KafkaSinkOptions>,
  { job, partition }: TaskId,
) {
  const { transactionalIdPrefix, transactionTimeout, maxMessageBytes } = settings;
  return {
    client,
    transactionalId: `${transactionalIdPrefix}/${client.namespace.inKafka(job)}/${partition}`,
    transactionTimeout,
    compression: compressionType(compression, zstd),
    maxBatchBytes: Math.min(maxMessageBytes, batchBytes),
  };
}

/** Makes the topics of jobs, each once: the tasks of a process ask for the same. */
function jobTopicsMaker(parts: KafkaLogParts, log: EventLog): (task: TaskId) => Promise<JobTopics> {
  const making = new Map<string, Promise<void>>();
  return async (task) => {
    const { job, partition } = task;
    const topics = jobTopics(job);
    const partitions = Math.max(task.partitions ?? 0, partition + 1);
    const id = `${partitions} ${job}`;
    const make = async () => {
      if (task.partitions !== undefined)
        await checkGrowth(log, topics.checkpoints, { job, partitions });
      await createJobTopics(parts, topics, partitions);
    };
    const under = making.get(id) ?? make();
    making.set(id, under);
    await under.catch((cause) => {
      making.delete(id);
      throw cause;
    });
    return topics;
  };
}

function checkOptions(options: KafkaSinkOptions): Required<KafkaSinkOptions> {
  checkKnown('kafkaSink', options, {
    transactionalIdPrefix: true,
    transactionTimeout: true,
    maxMessageBytes: true,
    watermarks: true,
  });
  const {
    transactionalIdPrefix = 'streamify',
    transactionTimeout = 60_000,
    maxMessageBytes = 1_000_000,
    watermarks = true,
  } = options;
  if (typeof transactionalIdPrefix !== 'string' || transactionalIdPrefix === '')
    throw new OptionError(
      `transactionalIdPrefix is a text that is not empty, got ${JSON.stringify(transactionalIdPrefix)}`,
    );
  checkWatermarks(watermarks);
  if (!(transactionTimeout >= 1_000 && transactionTimeout < 2 ** 31))
    throw new OptionError(
      `transactionTimeout is a number of milliseconds, at least 1000, got ${transactionTimeout}`,
    );
  if (!(Number.isSafeInteger(maxMessageBytes) && maxMessageBytes >= 1))
    throw new OptionError(`maxMessageBytes is a number of bytes, got ${maxMessageBytes}`);
  return {
    transactionalIdPrefix,
    transactionTimeout: Math.ceil(transactionTimeout),
    maxMessageBytes,
    watermarks,
  };
}
