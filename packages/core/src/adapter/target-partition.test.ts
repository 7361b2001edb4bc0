import { describe, expect, it } from 'vitest';
import { PartitionCountError } from '../contract/errors.ts';
import { partitionOf } from './partition-of.ts';
import { targetPartition } from './target-partition.ts';

describe('targetPartition', () => {
  it('is that of the key', () => {
    for (const key of ['21', 'foobar', ''])
      expect(targetPartition('plays', 7, { key })).toBe(partitionOf(key, 7));
  });

  it('is the one that the record names, whatever its key', () => {
    for (const partition of [0, 1, 6])
      expect(targetPartition('plays', 7, { key: '21', partition })).toBe(partition);
  });

  it.each([-1, 7, 0.5, Number.NaN])('refuses partition %d of 7', (partition) => {
    const target = () => targetPartition('plays', 7, { key: '21', partition });
    expect(target).toThrow(PartitionCountError);
    expect(target).toThrow(`topic plays has partitions 0 to 6, there is no ${partition}`);
  });
});
