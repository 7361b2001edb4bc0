import {
  bundleWorker,
  type Ended,
  isStopped,
  temporaryFolder,
  type Worker,
  whyUnseen,
} from '@streamify/test-kit';
import { troubledPlays } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { undisturbed } from '../fixtures/delivered.ts';
import { deliveredFiles, publishPlays } from '../fixtures/troubled-folder.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import type { WorkerJob } from './job.worker.ts';

const fault = 'two owners: SIGSTOP, takeover, SIGCONT';
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

/** A process stops in a commit, another finishes the job, the first goes on. Gives how that one ended. */
async function overtaken(point: string, sink: WorkerJob['sink']): Promise<Ended> {
  const first = worker.start({ dir, sink, point, signal: 'SIGSTOP', maxRecords: 40 });
  while (!(await isStopped(first.child))) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await worker.run({ dir, sink, maxRecords: 40 })).toMatchObject({ code: 0, stderr: '' });
  first.child.kill('SIGCONT');
  return first.ended;
}

const unseen = whyUnseen();

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
        const { code, stderr } = await overtaken(point, 'file');
        const actual = await deliveredFiles(dir);
        expectUnharmed(task, fault, { events: plays.length, expected, actual });
        expect(code).toBe(1);
        expect(stderr).toMatch(/FencedError: .* was taken over by/);
      });

    it('repeats rows when nobody fences it', async ({ task }) => {
      expect(await overtaken('before its commit', 'naive file')).toMatchObject({ code: 0 });
      const actual = await deliveredFiles(dir);
      const control = 'no owner token';
      expectHarmed(task, fault, control, { events: plays.length, expected, actual });
    });
  },
);
