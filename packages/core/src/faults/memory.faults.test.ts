import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import type { BacklogJob } from './backlog-job.ts';
import { bundleWorker, type Worker } from './workers.ts';

const EVENTS = 2_000_000;
const MEGABYTES = 100;
const fault = `${EVENTS / 1e6} M events, a slow sink, ${MEGABYTES} MB of heap`;

let worker: Worker;
let dir: string;
beforeAll(async () => {
  worker = await bundleWorker(new URL('backlog.worker.ts', import.meta.url));
  dir = await mkdtemp(join(tmpdir(), 'streamify-backlog-'));
  expect(await start('publish')).toMatchObject({ by: 0, stderr: '' });
});
afterAll(async () => {
  await worker.close();
  await rm(dir, { recursive: true });
});

const start = (task: BacklogJob['task']) =>
  worker.run({ dir, events: EVENTS, task }, `--max-old-space-size=${MEGABYTES}`);

const expected = Array.from({ length: EVENTS / 1_000 }, (_, i) => `from ${i * 1_000}: 1000`);
const outcomeOf = (stdout: string) => {
  const actual = stdout.split('\n').filter((line) => line.startsWith('from '));
  return { events: EVENTS, expected, actual };
};

describe('a backlog that a slow sink is to take, in a process with little memory', () => {
  it('gets there once', async ({ task }) => {
    const { by, stdout, stderr } = await start('engine');
    expect({ by, stderr }).toEqual({ by: 0, stderr: '' });
    expectUnharmed(task, fault, outcomeOf(stdout));
  });

  it('does not when the source pushes as fast as it can', async ({ task }) => {
    const { by, stdout, stderr } = await start('naive');
    expect(by).toBe('SIGABRT');
    expect(stderr).toContain('heap out of memory');
    expectHarmed(task, fault, 'bufferCount and concatMap run out of memory', outcomeOf(stdout));
  });
});
