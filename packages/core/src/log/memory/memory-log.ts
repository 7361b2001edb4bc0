import { assignAll } from '../../adapter/assign-all.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import { checkPartition, checkSameCount, unknownTopic } from '../../adapter/topic-errors.ts';
import { checkPartitions, checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { memoryRegistry } from '../../codec/memory-registry.ts';
import { ClosedError } from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { SchemaRegistry } from '../../contract/schema-registry.ts';
import { MemoryPartition } from './memory-partition.ts';

/** Options of {@link memoryLog}. */
export interface MemoryLogOptions {
  /** Default: a registry of its own. */
  readonly registry?: SchemaRegistry;
  /** The clock that stamps records, in epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Keeps a log in memory: for tests, and for pipelines that need no durability. It passes the same
 * `logContract` as the durable logs.
 *
 * @example
 * const log = memoryLog();
 * await log.createTopic('plays', { partitions: 2 });
 * await log.topic('plays', Play).publish([{ at: 0, listener: 'ann' }]);
 */
export function memoryLog({
  registry = memoryRegistry(),
  now = Date.now,
}: MemoryLogOptions = {}): EventLog {
  const topics = new Map<string, readonly MemoryPartition[]>();
  let closed = false;
  const checkOpen = () => {
    if (closed) throw new ClosedError('the log is closed');
  };
  const partitionsOf = (topic: string): readonly MemoryPartition[] => {
    checkOpen();
    const partitions = topics.get(topic);
    if (!partitions) throw unknownTopic(topic);
    return partitions;
  };

  const log: EventLog = {
    registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      const existing = topics.get(topic);
      if (existing) return checkSameCount(topic, existing.length, partitions);
      topics.set(
        topic,
        Array.from({ length: partitions }, (_, partition) => new MemoryPartition(topic, partition)),
      );
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      const partitions = topics.get(topic) ?? [];
      topics.delete(topic);
      for (const partition of partitions) partition.delete();
    },
    async partitions(topic) {
      checkOpen();
      return topics.get(topic)?.length;
    },
    async publish(topic, records) {
      append(topic, partitionsOf(topic), records, now);
    },
    async reader(topic, partition) {
      const partitions = partitionsOf(topic);
      checkPartition(topic, partitions.length, partition);
      return (partitions[partition] as MemoryPartition).reader();
    },
    assign: (_group, names, listener) => assignAll(names, log.partitions, listener),
    topic: (name, type, options) => typedTopic(log, name, type, options),
    async close() {
      closed = true;
      for (const partition of [...topics.values()].flat()) partition.close();
    },
  };
  return log;
}

/** Appends all records, or none of them when one is refused. */
function append(
  topic: string,
  partitions: readonly MemoryPartition[],
  records: readonly NewRecord[],
  now: () => number,
): void {
  const targets = records.map((record) => targetPartition(topic, partitions.length, record));
  for (const [i, record] of records.entries())
    partitions[targets[i] as number]?.append(record, now());
  for (const target of new Set(targets)) partitions[target]?.expose();
}
