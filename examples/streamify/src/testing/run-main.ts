import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../..');
const bundle = (command: CommandName) => join(root, 'examples/streamify/dist', `${command}.js`);

/** What the whole pipeline needs that a machine may lack. Empty when all is there. */
export const missing = [
  ...(existsSync(join(root, '.venv/bin/dbt')) ? [] : ['dbt (a .venv with Python)']),
  ...(existsSync(bundle('worker')) ? [] : ['the bundled example (npm run build)']),
].join(' and ');

/** What a user starts: `npm start`, or `npm run worker`. */
export type CommandName = 'main' | 'worker';

/** How a run of a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of a command, as a user starts it. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to standard output so far. */
  readonly stdout: string;
  /** Resolves when `isThere` holds for that. Rejects when the command ends before. */
  until(isThere: (stdout: string) => boolean): Promise<void>;
}

/** Starts a command with these arguments, and with these variables in its environment. */
export const startCommand = (
  command: CommandName,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Running => startProgram(bundle(command), args, env);

/** Starts a program of Node. */
export function startProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
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
  return {
    child,
    ended,
    get stdout() {
      return stdout;
    },
    until: (isThere) =>
      new Promise<void>((settle, reject) => {
        const look = () => {
          if (isThere(stdout)) settle();
        };
        look();
        child.stdout.on('data', look);
        void ended.then(({ code }) =>
          reject(new Error(`${file} ended with ${code} before that:\n${stdout}${stderr}`)),
        );
      }),
  };
}

/** Starts `npm start` with these arguments. */
export const startMain = (...args: string[]): Running => startCommand('main', args);

/** Runs it to its end. */
export const runMain = (...args: string[]): Promise<Ended> => startMain(...args).ended;
