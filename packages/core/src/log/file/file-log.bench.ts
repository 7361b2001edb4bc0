import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, bench, describe } from 'vitest';
import { fileLog } from './file-log.ts';

/*
 * One iteration is 5,000 records of 300 bytes with 1,000 keys, in 4 partitions. So records a second
 * are 5,000 times the iterations a second.
 */
const batch = Array.from({ length: 5_000 }, (_, i) => ({
  key: `listener-${i % 1_000}`,
  value: Buffer.alloc(300, i),
}));
const partitions = 4;

const dir = await mkdtemp(join(tmpdir(), 'streamify-bench-'));
afterAll(() => rm(dir, { recursive: true }));

const open = async (name: string, durability: 'fsync' | 'os') => {
  const log = await fileLog({ dir: join(dir, name), durability });
  await log.createTopic('plays', { partitions });
  return log;
};

const durable = await open('fsync', 'fsync');
const buffered = await open('os', 'os');
const full = await open('full', 'os');
for (let i = 0; i < 40; i++) await full.publish('plays', batch);
const readers = await Promise.all(
  Array.from({ length: partitions }, (_, partition) => full.reader('plays', partition)),
);
const from = new Array<number>(partitions).fill(0);
let turn = 0;

/** Reads until 5,000 records have come, partition after partition, and from the start again at the end. */
async function readBatch(): Promise<void> {
  for (let count = 0; count < batch.length; ) {
    const partition = turn++ % partitions;
    const reader = readers[partition];
    const request = { from: from[partition] ?? 0, maxRecords: 5_000, maxBytes: 4e6, maxWait: 0 };
    const slice = await reader?.poll(request);
    count += slice?.records.length ?? 0;
    from[partition] = slice?.records.length ? slice.next : 0;
  }
}

describe('5,000 records of 300 bytes', () => {
  bench('publish, durable against a loss of power', () => durable.publish('plays', batch));
  bench('publish, durable against the end of the process', () => buffered.publish('plays', batch));
  bench('read', readBatch);
});
