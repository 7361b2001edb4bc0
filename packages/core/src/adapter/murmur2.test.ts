import { describe, expect, it } from 'vitest';
import { murmur2 } from './murmur2.ts';
import { partitionOf } from './partition-of.ts';

describe('murmur2', () => {
  // Values that Apache Kafka's own clients are tested with.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
    ['', 275646681],
  ])('hashes %j as Kafka does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });
});

describe('partitionOf', () => {
  it.each(['21', 'foobar', '', 'Beyoncé', 'a'.repeat(33), '🎵'.repeat(200)])(
    'is the positive hash of the UTF-8 bytes of %j, modulo the partitions',
    (key) => {
      const hash = murmur2(Buffer.from(key));
      for (const partitions of [1, 2, 3, 12, 1000])
        expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
    },
  );
});
