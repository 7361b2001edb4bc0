import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeFolder } from '../durable/node-folder.ts';
import { storedFiles } from '../fixtures/stored-files.ts';
import { expectUnharmed } from '../testing/record-fault.ts';
import { JOB, undisturbed } from './delivered.ts';
import { deliveredFiles, publishPlays } from './troubled-folder.ts';
import { troubledPlays } from './troubled-plays.ts';
import { bundleWorker, type Started, type Worker } from './workers.ts';

const fault = 'SIGTERM in a commit, once and twice';
const plays = troubledPlays(400);

let stoppable: Worker;
let worker: Worker;
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
  dir = await mkdtemp(join(tmpdir(), 'streamify-sigterm-'));
  await publishPlays(dir, plays);
});
afterEach(() => rm(dir, { recursive: true }));

async function says({ child }: Started, word: string): Promise<void> {
  for (;;) {
    const [text] = await once(child.stdout ?? child, 'data');
    if (String(text).includes(word)) return;
  }
}

/** How many events the sink has accounted for. */
async function landed(): Promise<unknown> {
  const { counts } = await storedFiles(nodeFolder(join(dir, 'out')));
  return counts[JOB]?.['in'];
}

async function finish(): Promise<readonly string[]> {
  expect(await worker.run({ dir, sink: 'file', maxRecords: 40 })).toMatchObject({ by: 0 });
  return deliveredFiles(dir);
}

describe('a process that gets SIGTERM in a commit', () => {
  it('ends well when what is under way is committed', async ({ task }) => {
    const started = stoppable.start({ dir, hangs: false });
    await says(started, 'committing');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ by: 0, stderr: '' });
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
    expect(await started.ended).toMatchObject({ by: 143, stderr: 'a second SIGTERM\n' });
    expect(await landed()).toBe(80);
    expectUnharmed(task, fault, { events: plays.length, expected, actual: await finish() });
  });
});
