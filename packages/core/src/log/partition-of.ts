import { murmur2 } from './murmur2.ts';

let scratch = Buffer.allocUnsafeSlow(256);

/**
 * The partition of a key: the one that Kafka's default partitioner chooses, so that a topic keeps
 * its layout when it moves to Kafka.
 */
export function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  const longest = 3 * key.length;
  if (longest > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * longest);
  return (murmur2(scratch, writeKey(key)) & 0x7fffffff) % partitions;
}

/** Writes the key as UTF-8 and gives its length. Most keys are short and ASCII: no call out of JavaScript for them. */
function writeKey(key: string): number {
  const { length } = key;
  if (length > 32) return scratch.write(key);
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i);
    if (code > 0x7f) return scratch.write(key);
    scratch[i] = code;
  }
  return length;
}
