import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import { undisturbed } from './delivered.ts';
import { isStopped } from './is-stopped.ts';
import { deliveredFiles, publishPlays } from './troubled-folder.ts';
import { troubledPlays } from './troubled-plays.ts';
import type { WorkerJob } from './worker-job.ts';
import { bundleWorker, type Ended, type Worker } from './workers.ts';

const fault = 'two owners: SIGSTOP, takeover, SIGCONT';
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
  dir = await mkdtemp(join(tmpdir(), 'streamify-owners-'));
  await publishPlays(dir, plays);
});
afterEach(() => rm(dir, { recursive: true }));

/** A process stops in a commit, another finishes the job, the first goes on. Gives how that one ended. */
async function overtaken(point: string, sink: WorkerJob['sink']): Promise<Ended> {
  const first = worker.start({ dir, sink, point, signal: 'SIGSTOP', maxRecords: 40 });
  while (!(await isStopped(first.child))) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await worker.run({ dir, sink, maxRecords: 40 })).toMatchObject({ by: 0, stderr: '' });
  first.child.kill('SIGCONT');
  return first.ended;
}

const unseen =
  process.platform === 'linux' ? '' : ' (skipped: only Linux tells that a process is stopped)';

describe.skipIf(unseen)(
  `a process that is stopped in a commit, and goes on when another has finished its job${unseen}`,
  () => {
    for (const point of [
      'before its commit',
      'while it prepares',
      'before its entry',
      'behind its entry',
    ])
      it(`is fenced, and changes nothing: stopped ${point}`, async ({ task }) => {
        const { by, stderr } = await overtaken(point, 'file');
        const actual = await deliveredFiles(dir);
        expectUnharmed(task, fault, { events: plays.length, expected, actual });
        expect(by).toBe(1);
        expect(stderr).toMatch(/FencedError: .* was taken over by/);
      });

    it('repeats rows when nobody fences it', async ({ task }) => {
      expect(await overtaken('before its commit', 'naive file')).toMatchObject({ by: 0 });
      const actual = await deliveredFiles(dir);
      const control = 'no owner token';
      expectHarmed(task, fault, control, { events: plays.length, expected, actual });
    });
  },
);
