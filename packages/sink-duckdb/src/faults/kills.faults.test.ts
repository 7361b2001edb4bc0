import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { build } from 'tsup';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliveredIn } from './delivered-in.ts';
import { plays, publishPlays, undisturbed } from './plays-job.ts';

const fault = 'kill -9, DuckDB sink';

let built: string;
let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'streamify-worker-'));
  await build({
    entry: { worker: fileURLToPath(new URL('job.worker.ts', import.meta.url)) },
    outDir: built,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    // DuckDB is a native module, so it stays where it is installed.
    noExternal: [/^(?!@duckdb\/)/],
    external: [/^@duckdb\//],
    esbuildOptions: (options) => {
      options.conditions = ['@streamify/source'];
    },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    config: false,
    silent: true,
    clean: false,
  });
  const installed = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
  await symlink(installed, join(built, 'node_modules'));
  expected = await undisturbed();
});
afterAll(() => rm(built, { recursive: true }));
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-kills-'));
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  await publishPlays(log);
  await log.close();
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the worker. Gives the signal that ended it, or its exit code. */
async function worker(point: string, ...flags: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [join(built, 'worker.mjs'), dir, point, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'close');
  return signal ?? code;
}

const points = [
  'before its transaction',
  'between its checkpoint and its rows',
  'behind its appends',
  'before its commit',
  ...[20, 100, 300, 1_000].map((microseconds) => `while it commits, ${microseconds} µs`),
  'before the reply',
  'while it rewrites its file',
];

/** Starts processes, each of which is killed in its first commit, at one point after the other, until one finds nothing to commit. */
async function killAt(wanted: readonly string[], ...flags: string[]): Promise<ReadonlySet<string>> {
  const killed = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const point = wanted[i % wanted.length] as string;
    const end = await worker(point, ...flags);
    if (end === 'SIGKILL') killed.add(point);
    else {
      expect([end, await worker('never', ...flags)]).toEqual([0, 0]);
      return killed;
    }
  }
  throw new Error('not at an end after 200 processes');
}

describe('a process that is killed at each point of every commit into DuckDB', () => {
  it('leaves to the next what gives the right output', async ({ task }) => {
    const killed = await killAt(points);
    const actual = await deliveredIn(join(dir, 'sums.duckdb'));
    expectUnharmed(task, fault, { events: plays.length, expected, actual });
    expect([...killed]).toEqual(points);
  });

  it('would leave another output if checkpoint and rows were a transaction each', async ({
    task,
  }) => {
    await killAt(['between its checkpoint and its rows'], 'apart');
    const actual = await deliveredIn(join(dir, 'sums.duckdb'));
    expectHarmed(task, fault, 'checkpoint and rows apart', {
      events: plays.length,
      expected,
      actual,
    });
  });
});
