import type { NewRecord } from '../contract/event-log.ts';
import { partitionOf } from './partition-of.ts';
import { checkPartition } from './topic-errors.ts';

/**
 * Gives the partition that a record is appended to: the one that it names, or else its key's.
 *
 * @throws PartitionCountError when the topic has no partition as the record names.
 */
export function targetPartition(
  topic: string,
  partitions: number,
  { key, partition }: Pick<NewRecord, 'key' | 'partition'>,
): number {
  if (partition === undefined) return partitionOf(key, partitions);
  checkPartition(topic, partitions, partition);
  return partition;
}
