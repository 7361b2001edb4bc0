import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Ended, type Running, startProcess } from '@streamify/test-kit';

const root = resolve(import.meta.dirname, '../../../..');
const bundle = (command: CommandName) => join(root, 'examples/streamify/dist', `${command}.js`);

/** What the whole pipeline needs that a machine may lack. Empty when all is there. */
export const missing = [
  ...(existsSync(join(root, '.venv/bin/dbt')) ? [] : ['dbt (a .venv with Python)']),
  ...(existsSync(bundle('worker')) ? [] : ['the bundled example (npm run build)']),
].join(' and ');

/** What a user starts: `npm start`, or `npm run worker`. */
export type CommandName = 'main' | 'worker';

/** Starts a command with these arguments, and with these variables in its environment. */
export const startCommand = (
  command: CommandName,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Running => startProgram(bundle(command), args, env);

/** Starts a program of Node. */
export const startProgram = (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running => startProcess(process.execPath, [file, ...args], { env });

/** Starts `npm start` with these arguments. */
export const startMain = (...args: string[]): Running => startCommand('main', args);

/** Runs it to its end. */
export const runMain = (...args: string[]): Promise<Ended> => startMain(...args).ended;
