import { setMaxListeners } from 'node:events';
import { assignAll } from '../../adapter/assign-all.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import { checkPartition } from '../../adapter/topic-errors.ts';
import { checkPartitions, checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { ClosedError } from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { FileLogSettings } from './file-log-settings.ts';
import { FilePartitionReader } from './file-partition-reader.ts';
import { OpenReaders } from './open-readers.ts';
import type { PartitionWriter } from './partition-writer.ts';
import { acquireWriterLock, type WriterLock } from './writer-lock.ts';
import { WrittenTopics } from './written-topics.ts';

/**
 * The log as the one process sees it that writes to it.
 *
 * @throws LogLockedError when another process, or this one, has it open for writing.
 * @throws LogCorruptedError when something is missing or damaged that was durable.
 */
export async function fileLogWriter(settings: FileLogSettings): Promise<EventLog> {
  const lock = await acquireWriterLock(settings.dir);
  try {
    return writerOf(settings, lock, await WrittenTopics.open(settings));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function writerOf(settings: FileLogSettings, lock: WriterLock, topics: WrittenTopics): EventLog {
  const readers = new OpenReaders();
  const closing = new AbortController();
  // Each reader that waits listens to it.
  setMaxListeners(0, closing.signal);
  let closed: Promise<void> | undefined;
  const checkOpen = () => {
    if (closing.signal.aborted) throw new ClosedError('the log is closed');
  };
  const closeAll = async () => {
    await readers.close();
    await topics.close();
    await lock.release();
  };

  const log: EventLog = {
    registry: settings.registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      await topics.create(topic, partitions);
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      await topics.delete(topic);
    },
    async partitions(topic) {
      checkOpen();
      return topics.partitions(topic);
    },
    async topicId(topic) {
      checkOpen();
      return topics.idOf(topic);
    },
    async publish(topic, records) {
      checkOpen();
      await append(topic, topics.writersOf(topic), records);
    },
    async reader(topic, partition) {
      checkOpen();
      const writers = topics.writersOf(topic);
      checkPartition(topic, writers.length, partition);
      const source = (writers[partition] as PartitionWriter).readable();
      return readers.add(new FilePartitionReader(source, closing.signal));
    },
    assign: (_group, names, listener) => assignAll(names, log.partitions, listener),
    topic: (name, type, options) => typedTopic(log, name, type, options),
    close() {
      closing.abort();
      closed ??= closeAll();
      return closed;
    },
  };
  return log;
}

/** Appends to each partition the records that go there, in their order. */
async function append(
  topic: string,
  writers: readonly PartitionWriter[],
  records: readonly NewRecord[],
): Promise<void> {
  const shares = writers.map((): NewRecord[] => []);
  for (const record of records)
    shares[targetPartition(topic, writers.length, record)]?.push(record);
  const appends = shares.flatMap((own, partition) =>
    own.length > 0 ? [(writers[partition] as PartitionWriter).append(own)] : [],
  );
  const results = await Promise.allSettled(appends);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
