import { bundleWorker, killAtEach, temporaryFolder, type Worker } from '@streamify/test-kit';
import { troubledPlays } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { undisturbed } from '../fixtures/delivered.ts';
import { deliveredFiles, deliveredRecords, publishPlays } from '../fixtures/troubled-folder.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import type { WorkerJob } from './job.worker.ts';

const plays = troubledPlays(400);

let worker: Worker<WorkerJob>;
let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  worker = await bundleWorker(new URL('job.worker.ts', import.meta.url));
  expected = await undisturbed(plays);
});
afterAll(() => worker.close());
beforeEach(async () => {
  dir = await temporaryFolder();
  await publishPlays(dir, plays);
});

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

const killIn = (sink: WorkerJob['sink'], points: readonly string[]) =>
  killAtEach(points, (point) => worker.run({ dir, sink, point, maxRecords: 40 }));

describe.each([
  ['file', filePoints, deliveredFiles],
  ['log', logPoints, deliveredRecords],
] as const)(
  'a process that is killed at each point of every commit, with the %s sink',
  (sink, points, delivered) => {
    const fault = `kill -9, ${sink} sink`;

    it('leaves to the next what gives the right output', async ({ task }) => {
      expect([...(await killIn(sink, points))]).toEqual(points);
      const actual = await delivered(dir);
      expectUnharmed(task, fault, { events: plays.length, expected, actual });
    });

    it('would leave another output if rows and checkpoint were written one after the other', async ({
      task,
    }) => {
      await killIn(`naive ${sink}`, points);
      const actual = await delivered(dir);
      const control = 'rows and checkpoint apart';
      expectHarmed(task, fault, control, { events: plays.length, expected, actual });
    });
  },
);
