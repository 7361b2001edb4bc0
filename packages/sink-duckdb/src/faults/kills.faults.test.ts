import { join } from 'node:path';
import { fileLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { bundleWorker, killAtEach, temporaryFolder, type Worker } from '@streamify/test-kit';
import { publishPlays, sumsPlays, undisturbedSums } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliveredIn } from './delivered-in.ts';
import type { DuckdbJob } from './job.worker.ts';

const fault = 'kill -9, DuckDB sink';

let worker: Worker<DuckdbJob>;
let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  const source = new URL('job.worker.ts', import.meta.url);
  worker = await bundleWorker(source, { external: ['@duckdb/*'] });
  expected = await undisturbedSums();
});
afterAll(() => worker.close());
beforeEach(async () => {
  dir = await temporaryFolder();
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  await publishPlays(log, sumsPlays);
  await log.close();
});

const points = [
  'before its transaction',
  'between its checkpoint and its rows',
  'behind its appends',
  'before its commit',
  ...[20, 100, 300, 1_000].map((microseconds) => `while it commits, ${microseconds} µs`),
  'before the reply',
  'while it rewrites its file',
];

describe('a process that is killed at each point of every commit into DuckDB', () => {
  it('leaves to the next what gives the right output', async ({ task }) => {
    const killed = await killAtEach(points, (point) => worker.run({ dir, point }));
    const actual = await deliveredIn(join(dir, 'sums.duckdb'));
    expectUnharmed(task, fault, { events: sumsPlays.length, expected, actual });
    expect([...killed]).toEqual(points);
  });

  it('would leave another output if checkpoint and rows were a transaction each', async ({
    task,
  }) => {
    await killAtEach(['between its checkpoint and its rows'], (point) =>
      worker.run({ dir, point, apart: true }),
    );
    const actual = await deliveredIn(join(dir, 'sums.duckdb'));
    expectHarmed(task, fault, 'checkpoint and rows apart', {
      events: sumsPlays.length,
      expected,
      actual,
    });
  });
});
