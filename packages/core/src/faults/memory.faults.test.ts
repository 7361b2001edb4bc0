import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorker, type Worker } from '@streamify/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import type { BacklogJob } from './backlog.worker.ts';

const EVENTS = 2_000_000;
const MEGABYTES = 100;
const fault = `${EVENTS / 1e6} M events, a slow sink, ${MEGABYTES} MB of heap`;

let worker: Worker<BacklogJob, string>;
let dir: string;
beforeAll(async () => {
  worker = await bundleWorker(new URL('backlog.worker.ts', import.meta.url));
  dir = await mkdtemp(join(tmpdir(), 'streamify-backlog-'));
  expect(await start('publish')).toMatchObject({ code: 0, stderr: '' });
});
afterAll(async () => {
  await worker.close();
  await rm(dir, { recursive: true });
});

const start = (task: BacklogJob['task']) =>
  worker.run({ dir, events: EVENTS, task }, `--max-old-space-size=${MEGABYTES}`);

const expected = Array.from({ length: EVENTS / 1_000 }, (_, i) => `from ${i * 1_000}: 1000`);
const outcomeOf = (actual: readonly string[]) => ({ events: EVENTS, expected, actual });

describe('a backlog that a slow sink is to take, in a process with little memory', () => {
  it('gets there once', async ({ task }) => {
    const { code, messages, stderr } = await start('engine');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectUnharmed(task, fault, outcomeOf(messages));
  });

  it('does not when the source pushes as fast as it can', async ({ task }) => {
    const { signal, messages, stderr } = await start('naive');
    expect(signal).toBe('SIGABRT');
    expect(stderr).toContain('heap out of memory');
    expectHarmed(task, fault, 'bufferCount and concatMap run out of memory', outcomeOf(messages));
  });
});
