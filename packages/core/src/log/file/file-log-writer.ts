import { setMaxListeners } from 'node:events';
import { assignAll } from '../../adapter/assign-all.ts';
import { partitionOf } from '../../adapter/partition-of.ts';
import { checkPartition, checkSameCount, unknownTopic } from '../../adapter/topic-errors.ts';
import { checkPartitions, checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { ClosedError } from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { FileLogSettings } from './file-log-settings.ts';
import { filePartitionReader } from './file-partition-reader.ts';
import { OpenReaders } from './open-readers.ts';
import { PartitionWriter } from './partition-writer.ts';
import { createTopicFiles, openTopics, partitionsOf, placesOf } from './topic-files.ts';
import { acquireWriterLock } from './writer-lock.ts';

/**
 * The log as the one process sees it that writes to it.
 *
 * @throws LogLockedError when another process, or this one, has it open for writing.
 * @throws LogCorruptedError when something is missing or damaged that was durable.
 */
export async function fileLogWriter(settings: FileLogSettings): Promise<EventLog> {
  const { dir, registry, files, onRecovered } = settings;
  const lock = await acquireWriterLock(dir);
  const topics = new Map<string, readonly PartitionWriter[]>();
  const readers = new OpenReaders();
  const closing = new AbortController();
  // Each reader that waits listens to it.
  setMaxListeners(0, closing.signal);
  let creating: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const open = async (topic: string, partitions: number) => {
    const writers: PartitionWriter[] = [];
    try {
      for (const place of placesOf(dir, topic, partitions))
        writers.push(await PartitionWriter.open(place, settings, onRecovered));
    } catch (error) {
      await Promise.all(writers.map((writer) => writer.close()));
      throw error;
    }
    topics.set(topic, writers);
  };
  const closeAll = async () => {
    await Promise.allSettled([creating]);
    await readers.close();
    await Promise.all([...topics.values()].flat().map((writer) => writer.close()));
    await lock.release();
  };
  const checkOpen = () => {
    if (closing.signal.aborted) throw new ClosedError('the log is closed');
  };
  const writersOf = (topic: string): readonly PartitionWriter[] => {
    checkOpen();
    const writers = topics.get(topic);
    if (!writers) throw unknownTopic(topic);
    return writers;
  };
  const create = async (topic: string, partitions: number) => {
    const existing = topics.get(topic);
    if (existing) return checkSameCount(topic, existing.length, partitions);
    // It is not among ours, but its folder may be another's in another case.
    await partitionsOf(dir, topic);
    await createTopicFiles(dir, topic, partitions, files);
    await open(topic, partitions);
  };

  try {
    for (const [topic, partitions] of await openTopics(dir)) await open(topic, partitions);
  } catch (error) {
    await closeAll();
    throw error;
  }

  const log: EventLog = {
    registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      // One at a time: two calls may be for the same topic.
      const created = creating.then(() => create(topic, partitions));
      creating = created.catch(() => undefined);
      await created;
    },
    async partitions(topic) {
      checkOpen();
      return topics.get(topic)?.length;
    },
    async publish(topic, records) {
      const writers = writersOf(topic);
      const appends = share(records, writers.length).flatMap((own, partition) =>
        own.length > 0 ? [(writers[partition] as PartitionWriter).append(own)] : [],
      );
      const results = await Promise.allSettled(appends);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    async reader(topic, partition) {
      const writers = writersOf(topic);
      checkPartition(topic, writers.length, partition);
      const writer = writers[partition] as PartitionWriter;
      const { place, highWatermark } = writer;
      const source = {
        place,
        highWatermark,
        refresh: async () => writer.durableEnd,
        follow: () => undefined,
        close: async () => undefined,
      };
      return readers.add(filePartitionReader(source, files, closing.signal));
    },
    assign: (_group, names, listener) => assignAll(names, log.partitions, listener),
    topic: (name, type) => typedTopic(log, name, type),
    close() {
      closing.abort();
      closed ??= closeAll();
      return closed;
    },
  };
  return log;
}

/** Gives each partition the records of its keys, in their order. */
function share(records: readonly NewRecord[], partitions: number): readonly NewRecord[][] {
  const shares = Array.from({ length: partitions }, (): NewRecord[] => []);
  for (const record of records)
    (shares[partitionOf(record.key, partitions)] as NewRecord[]).push(record);
  return shares;
}
