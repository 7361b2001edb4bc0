import { murmur2 } from './murmur2.ts';
import { writeText } from './write-text.ts';

let scratch = Buffer.allocUnsafeSlow(256);

/**
 * Gives the partition of a key. Kafka's default partitioner chooses the same one, so a topic keeps its
 * layout when it moves to Kafka.
 */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  const longest = 3 * key.length;
  if (longest > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * longest);
  return (murmur2(scratch, writeText(scratch, 0, key)) & 0x7fffffff) % partitions;
}
