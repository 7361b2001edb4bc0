import { join } from 'node:path';
import { run, type Topic } from '@streamify/core';
import { expectUnharmed } from '@streamify/core/testing';
import { smallDisk, whyNoSmallDisk } from '@streamify/test-kit';
import {
  type Play,
  playsLog,
  SUMS,
  Sum,
  sumsPlays,
  troubledPipeline,
  undisturbedSums,
} from '@streamify/test-kit/plays';
import { beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../warehouse.ts';
import { deliveredIn } from './delivered-in.ts';

const STEP = 16_384;

const skipped = whyNoSmallDisk();

/** Runs the job into a database with little room: opened, run, closed. */
async function deliver(topic: Topic<Play>, path: string): Promise<void> {
  const warehouse = await openWarehouse({ path, config: { checkpoint_threshold: '32KB' } });
  try {
    await run({
      name: SUMS,
      from: topic,
      through: troubledPipeline,
      into: warehouse.table('sums', Sum.schema),
      atEnd: 'complete',
      epoch: { maxRecords: 20 },
    });
  } finally {
    await warehouse.close();
  }
}

describe.skipIf(skipped)(`a disk that is full again and again${skipped}`, () => {
  let expected: readonly string[];
  beforeAll(async () => {
    expected = await undisturbedSums();
  });

  it('costs a DuckDB sink nothing', async ({ task }) => {
    const disk = smallDisk(24_000_000);
    const path = join(disk.dir, 'sums.duckdb');
    const { topic } = await playsLog(sumsPlays);
    const errors: string[] = [];
    try {
      // Where not even an empty database fits, DuckDB leaves a file that is none.
      await openWarehouse({ path }).then((warehouse) => warehouse.close());
      for (let step = 0; step < 80; step++) {
        await disk.fill(step * STEP);
        await deliver(topic, path).catch((cause: Error) => errors.push(cause.message));
        await disk.release();
      }
      await deliver(topic, path);
      expect(errors.length).toBeGreaterThan(5);
      for (const message of errors)
        expect(message).toMatch(
          new RegExp(
            `^(job ${SUMS}, partition \\d: ${path} cannot take what it is given|cannot open the database ${path}): `,
          ),
        );
      expect(errors.join()).toMatch(/no space left|could not write|failed to/i);
      expectUnharmed(task, 'disk full, DuckDB sink', {
        events: sumsPlays.length,
        expected,
        actual: await deliveredIn(path),
      });
    } finally {
      disk.close();
    }
  });
});
