import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.ts';
import { type StartedProcess, startedProcess } from './process-start.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-lock-'));
  file = join(dir, '.lock');
});
afterEach(() => rm(dir, { recursive: true }));

const nobody = () => {
  throw new Error('nobody holds the lock');
};

it('lets one in at a time, and tells those who wait', async () => {
  const steps: string[] = [];
  const waited: number[] = [];
  const enter = (name: string) =>
    withLock(
      file,
      (pid) => waited.push(pid),
      async () => {
        steps.push(`${name} in`);
        await readdir(dir);
        steps.push(`${name} out`);
      },
    );
  await Promise.all(['a', 'b', 'c'].map(enter));
  const names = steps.map((step) => step.split(' ')[0]);
  expect(steps.map((step) => step.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  expect(names[0]).toBe(names[1]);
  expect(new Set(names).size).toBe(3);
  expect(waited).toEqual([process.pid, process.pid]);
});

it('leaves nothing behind, also when the work fails', async () => {
  const failing = withLock(file, nobody, () => Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  expect(await readdir(dir)).toEqual([]);
});

it('takes over from a holder that was killed', async () => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const holder = await startedProcess(child.pid as number);
  child.kill('SIGKILL');
  await once(child, 'close');
  await writeFile(file, JSON.stringify(holder));
  expect(await withLock(file, nobody, async () => 'in')).toBe('in');
});

it('takes over when another process has got the id of a holder that was killed', async () => {
  const self = (await startedProcess(process.pid)) as StartedProcess;
  await writeFile(file, JSON.stringify({ ...self, started: 'long ago' }));
  expect(await withLock(file, nobody, async () => 'in')).toBe('in');
});
