import { join } from 'node:path';
import {
  bundleWorker,
  type StartedWorker,
  temporaryFolder,
  type Worker,
} from '@streamify/test-kit';
import { troubledPlays } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeFolder } from '../durable/node-folder.ts';
import { JOB, undisturbed } from '../fixtures/delivered.ts';
import { storedFiles } from '../fixtures/stored-files.ts';
import { deliveredFiles, publishPlays } from '../fixtures/troubled-folder.ts';
import { expectUnharmed } from '../testing/record-fault.ts';
import type { WorkerJob } from './job.worker.ts';
import type { StoppableJob, StoppableMessage } from './stoppable.worker.ts';

const fault = 'SIGTERM in a commit, once and twice';
const plays = troubledPlays(400);

let stoppable: Worker<StoppableJob, StoppableMessage>;
let worker: Worker<WorkerJob>;
let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  stoppable = await bundleWorker(new URL('stoppable.worker.ts', import.meta.url));
  worker = await bundleWorker(new URL('job.worker.ts', import.meta.url));
  expected = await undisturbed(plays);
});
afterAll(async () => {
  await stoppable.close();
  await worker.close();
});
beforeEach(async () => {
  dir = await temporaryFolder();
  await publishPlays(dir, plays);
});

async function says(
  { told }: StartedWorker<StoppableMessage>,
  word: StoppableMessage,
): Promise<void> {
  for await (const message of told()) if (message === word) return;
  throw new Error(`it ended, and did not say '${word}'`);
}

/** How many events the sink has accounted for. */
async function landed(): Promise<unknown> {
  const { counts } = await storedFiles(nodeFolder(join(dir, 'out')));
  return counts[JOB]?.['in'];
}

async function finish(): Promise<readonly string[]> {
  expect(await worker.run({ dir, sink: 'file', maxRecords: 40 })).toMatchObject({ code: 0 });
  return deliveredFiles(dir);
}

describe('a process that gets SIGTERM in a commit', () => {
  it('ends well when what is under way is committed', async ({ task }) => {
    const started = stoppable.start({ dir, hangs: false });
    await says(started, 'committing');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await landed()).toBeGreaterThanOrEqual(120);
    expectUnharmed(task, fault, { events: plays.length, expected, actual: await finish() });
  });

  it('ends at once at the second, and the next process does that commit again', async ({
    task,
  }) => {
    const started = stoppable.start({ dir, hangs: true });
    await says(started, 'committing');
    started.child.kill('SIGTERM');
    await says(started, 'stopping');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 143, stderr: 'a second SIGTERM\n' });
    expect(await landed()).toBe(80);
    expectUnharmed(task, fault, { events: plays.length, expected, actual: await finish() });
  });
});
