import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryLog, run, type Topic } from '@streamify/core';
import { expectUnharmed } from '@streamify/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../warehouse.ts';
import { deliveredIn } from './delivered-in.ts';
import { JOB, type Play, plays, publishPlays, sumSchema, sums, undisturbed } from './plays-job.ts';

const STEP = 16_384;

/** Mounts a file system of its own, in memory. */
function mountDisk(bytes: number): { readonly dir: string; close(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'streamify-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], {
      stdio: 'ignore',
    });
  } catch (cause) {
    rmSync(dir, { recursive: true });
    throw new Error('cannot mount a tmpfs: this needs Linux, and root', { cause });
  }
  return {
    dir,
    close() {
      execFileSync('umount', ['--lazy', dir]);
      rmSync(dir, { recursive: true });
    },
  };
}

function whyNoDisk(): string {
  try {
    mountDisk(65_536).close();
    return '';
  } catch (cause) {
    return ` (skipped: ${(cause as Error).message})`;
  }
}
const skipped = whyNoDisk();

/** Runs the job into a database with little room: opened, run, closed. */
async function deliver(topic: Topic<Play>, path: string): Promise<void> {
  const warehouse = await openWarehouse({ path, config: { checkpoint_threshold: '32KB' } });
  try {
    await run({
      name: JOB,
      from: topic,
      through: sums,
      into: warehouse.table('sums', sumSchema),
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
    expected = await undisturbed();
  });

  it('costs a DuckDB sink nothing', async ({ task }) => {
    const disk = mountDisk(24_000_000);
    const path = join(disk.dir, 'sums.duckdb');
    const ballast = join(disk.dir, 'ballast');
    const topic = await publishPlays(memoryLog());
    const errors: string[] = [];
    try {
      // Where not even an empty database fits, DuckDB leaves a file that is none.
      await openWarehouse({ path }).then((warehouse) => warehouse.close());
      for (let step = 0; step < 80; step++) {
        const { bavail, bsize } = await statfs(disk.dir);
        await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - step * STEP)));
        await deliver(topic, path).catch((cause: Error) => errors.push(cause.message));
        await rm(ballast);
      }
      await deliver(topic, path);
      expect(errors.length).toBeGreaterThan(5);
      for (const message of errors)
        expect(message).toMatch(/no space left|could not write|failed to/i);
      expectUnharmed(task, 'disk full, DuckDB sink', {
        events: plays.length,
        expected,
        actual: await deliveredIn(path),
      });
    } finally {
      disk.close();
    }
  });
});
