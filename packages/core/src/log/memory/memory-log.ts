import { randomUUID } from 'node:crypto';
import { assignAll } from '../../adapter/assign-all.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import { checkPartition, checkSameCount, unknownTopic } from '../../adapter/topic-errors.ts';
import { checkPartitions, checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { memoryRegistry } from '../../codec/memory-registry.ts';
import { checkOptions } from '../../contract/check-options.ts';
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

/** A topic: what tells it from another of its name, and its partitions. */
interface MemoryTopic {
  readonly id: string;
  readonly partitions: readonly MemoryPartition[];
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
export function memoryLog(options: MemoryLogOptions = {}): EventLog {
  checkOptions('memoryLog', options, { registry: true, now: true });
  const { registry = memoryRegistry(), now = Date.now } = options;
  const topics = new Map<string, MemoryTopic>();
  let closed = false;
  const checkOpen = () => {
    if (closed) throw new ClosedError('the log is closed');
  };
  const partitionsOf = (topic: string): readonly MemoryPartition[] => {
    checkOpen();
    const found = topics.get(topic);
    if (!found) throw unknownTopic(topic);
    return found.partitions;
  };

  const log: EventLog = {
    registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      const existing = topics.get(topic);
      if (existing) return checkSameCount(topic, existing.partitions.length, partitions);
      topics.set(topic, newTopic(topic, partitions));
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      const partitions = topics.get(topic)?.partitions ?? [];
      topics.delete(topic);
      for (const partition of partitions) partition.delete();
    },
    async partitions(topic) {
      checkOpen();
      return topics.get(topic)?.partitions.length;
    },
    async topicId(topic) {
      checkOpen();
      return topics.get(topic)?.id;
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
      for (const { partitions } of topics.values())
        for (const partition of partitions) partition.close();
    },
  };
  return log;
}

function newTopic(name: string, count: number): MemoryTopic {
  const partitions = Array.from({ length: count }, (_, each) => new MemoryPartition(name, each));
  return { id: randomUUID(), partitions };
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
