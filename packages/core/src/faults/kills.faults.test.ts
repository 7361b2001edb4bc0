import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import { undisturbed } from './delivered.ts';
import { deliveredFiles, deliveredRecords, publishPlays } from './troubled-folder.ts';
import { troubledPlays } from './troubled-plays.ts';
import type { WorkerJob } from './worker-job.ts';
import { bundleWorker, type Worker } from './workers.ts';

const plays = troubledPlays(400);

let worker: Worker;
let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  worker = await bundleWorker(new URL('job.worker.ts', import.meta.url));
  expected = await undisturbed(plays);
});
afterAll(() => worker.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-kills-'));
  await publishPlays(dir, plays);
});
afterEach(() => rm(dir, { recursive: true }));

const filePoints = [
  'before its commit',
  'while it prepares',
  'before its entry',
  'behind its entry',
  'between its files',
  'before the reply',
];
const logPoints = [
  ...filePoints.slice(0, -1),
  'before it appends',
  'while it appends',
  'behind its append',
  'before the reply',
];

/** Starts processes, each of which is killed in its first commit, at one point after the other, until one finds nothing to commit. */
async function killAt(points: readonly string[], sink: WorkerJob['sink']) {
  const kills = new Map<string, number>();
  for (let i = 0; i < 300; i++) {
    const point = points[i % points.length] as string;
    const { by, stderr } = await worker.run({ dir, sink, point, maxRecords: 40 });
    if (by === 'SIGKILL') kills.set(point, (kills.get(point) ?? 0) + 1);
    else {
      expect({ by, stderr }).toEqual({ by: 0, stderr: '' });
      // This point was not reached, as nothing was written there; the others may be.
      const rest = await worker.run({ dir, sink, maxRecords: 40 });
      expect(rest).toMatchObject({ by: 0, stderr: '' });
      return kills;
    }
  }
  throw new Error(`not at an end behind ${JSON.stringify([...kills])}`);
}

describe.each([
  ['file', filePoints, deliveredFiles],
  ['log', logPoints, deliveredRecords],
] as const)(
  'a process that is killed at each point of every commit, with the %s sink',
  (sink, points, delivered) => {
    const fault = `kill -9, ${sink} sink`;

    it('leaves to the next what gives the right output', async ({ task }) => {
      const kills = await killAt(points, sink);
      expect([...kills.keys()]).toEqual(points);
      const actual = await delivered(dir);
      expectUnharmed(task, fault, { events: plays.length, expected, actual });
    });

    it('would leave another output if rows and checkpoint were written one after the other', async ({
      task,
    }) => {
      await killAt(points, `naive ${sink}`);
      const actual = await delivered(dir);
      const control = 'rows and checkpoint apart';
      expectHarmed(task, fault, control, { events: plays.length, expected, actual });
    });
  },
);
