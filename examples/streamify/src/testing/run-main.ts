import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../..');
const main = join(root, 'examples/streamify/dist/main.js');

/** What the whole pipeline needs that a machine may lack. Empty when all is there. */
export const missing = [
  ...(existsSync(join(root, '.venv/bin/dbt')) ? [] : ['dbt (a .venv with Python)']),
  ...(existsSync(main) ? [] : ['the bundled example (npm run build)']),
].join(' and ');

/** How a run of the command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command, as a user starts it. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the command with these arguments. */
export function startMain(...args: string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command to its end. */
export const runMain = (...args: string[]): Promise<Ended> => startMain(...args).ended;
