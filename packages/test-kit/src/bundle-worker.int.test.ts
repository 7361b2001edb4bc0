import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleWorker, type Worker } from './bundle-worker.ts';
import type { EchoJob } from './echo.worker.ts';
import { temporaryFolder } from './temporary-folder.ts';

let worker: Worker<EchoJob, string>;
beforeAll(async () => {
  worker = await bundleWorker(new URL('echo.worker.ts', import.meta.url));
});
afterAll(() => worker.close());

const words = ['one', 'two\nlines', 'three'];

it('runs a worker with its job, and hears all that it tells', async () => {
  expect(await worker.run({ words })).toMatchObject({ code: 0, stderr: '', messages: words });
});

it('hears what a worker told before it killed itself at a point', async () => {
  const ended = await worker.run({ words, point: 'two\nlines' });
  expect(ended).toMatchObject({ signal: 'SIGKILL', messages: words.slice(0, 2) });
});

it('gives messages to whoever asks late as well', async () => {
  const { told, ended } = worker.start({ words });
  await ended;
  const heard: string[] = [];
  for await (const word of told()) heard.push(word);
  expect(heard).toEqual(words);
});

let folder: string;
it('gives a test an empty folder', async () => {
  folder = await temporaryFolder();
  expect(existsSync(folder)).toBe(true);
});
it('which is gone behind it', () => {
  expect(existsSync(folder)).toBe(false);
});
