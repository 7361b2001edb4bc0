import {
  type DeadLetter,
  OptionError,
  type Sink,
  type StreamEvent,
  type Topic,
} from '@streamify/core';
import { avroEncoder, type TaskId, unknownTopic } from '@streamify/core/adapter';
import { partsOfKafkaLog } from '../log/kafka-log.ts';
import { compressionType } from '../wire/codecs.ts';
import { checkGrowth } from './check-growth.ts';
import { createJobTopics } from './create-job-topics.ts';
import { type JobTopics, jobTopics } from './job-topics.ts';
import { openKafkaTask } from './kafka-task.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { RowEncoder } from './row-encoder.ts';

/** Brokers take 1 MiB of one partition at once by default. */
const batchBytes = 900_000;

export interface KafkaSinkOptions {
  /** Begins the transactional ids, `<prefix>/<namespace>.<job>/<partition>`. Default `streamify`. */
  readonly transactionalIdPrefix?: string;
  /**
   * Milliseconds after which the cluster aborts a transaction whose owner is gone. Until then, or
   * until the task is opened again, readers wait behind it. Default 60,000.
   */
  readonly transactionTimeout?: number;
  /** Most bytes of a row's key and value; a larger row is a dead letter. At most the topic's `max.message.bytes`. Default 1,000,000. */
  readonly maxMessageBytes?: number;
}

/** A sink into a topic of Kafka. */
export interface KafkaSink<T> extends Sink<T | StreamEvent<T>> {
  /** The dead letters that a job has committed, by partition and epoch: what `redrive` takes. */
  deadLetters(job: string): Promise<readonly DeadLetter[]>;
}

/**
 * Delivers into a topic, exactly once, under the key of the topic's type: rows, watermarks, side
 * outputs, dead letters, state and checkpoint of an epoch are one transaction of Kafka, of which
 * readers of committed records see all or nothing.
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
  const { log, name, type } = topic;
  const parts = partsOfKafkaLog(log);
  const settings = checkOptions(options);
  const { compression = 'none', zstd } = parts.options;
  const making = new Map<string, Promise<void>>();
  /** The tasks of a process ask for the same topics. */
  const made = (task: TaskId, topics: JobTopics): Promise<void> => {
    const { job, partition } = task;
    const partitions = Math.max(task.partitions ?? 0, partition + 1);
    const id = `${partitions} ${job}`;
    const make = async () => {
      if (task.partitions !== undefined)
        await checkGrowth(log, topics.checkpoints, { job, partitions });
      await createJobTopics(parts, topics, partitions);
    };
    const under = making.get(id) ?? make();
    making.set(id, under);
    return under.catch((cause) => {
      making.delete(id);
      throw cause;
    });
  };
  return {
    async open(task) {
      const partitions = await log.partitions(name);
      if (partitions === undefined) throw unknownTopic(name);
      const id = await log.registry.register(`${name}-value`, type.schema);
      const { encode } = avroEncoder(type, id);
      const { transactionalIdPrefix, transactionTimeout, maxMessageBytes } = settings;
      const topics = jobTopics(task.job);
      await made(task, topics);
      return openKafkaTask({
        log,
        client: parts.client,
        task,
        target: { name, partitions },
        topics,
        rows: new RowEncoder({ topic, encode, partitions, maxMessageBytes }),
        transactionalId: `${transactionalIdPrefix}/${parts.client.namespace.inKafka(task.job)}/${task.partition}`,
        transactionTimeout,
        compression: compressionType(compression, zstd),
        maxBatchBytes: Math.min(maxMessageBytes, batchBytes),
      });
    },
    deadLetters: (job) => readDeadLetters(log, jobTopics(job).deadLetters),
  };
}

function checkOptions(options: KafkaSinkOptions): Required<KafkaSinkOptions> {
  const {
    transactionalIdPrefix = 'streamify',
    transactionTimeout = 60_000,
    maxMessageBytes = 1_000_000,
  } = options;
  if (typeof transactionalIdPrefix !== 'string' || transactionalIdPrefix === '')
    throw new OptionError(
      `transactionalIdPrefix is a text that is not empty, got ${JSON.stringify(transactionalIdPrefix)}`,
    );
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
  };
}
