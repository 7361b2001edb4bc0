import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../../dist/main.js');

/** What the built command needs that is not there. Empty when all is there. */
export const missing = existsSync(main) ? '' : 'the bundled command (npm run build)';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command, as a user does; `shell` goes before it in a shell. */
export function start(
  args: readonly string[],
  { shell, cwd }: { readonly shell?: string; readonly cwd?: string } = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const command = [process.execPath, main, ...args];
  const child =
    shell === undefined
      ? spawn(command[0] as string, command.slice(1), { cwd })
      : spawn('bash', ['-c', `${shell} "$@"`, 'bash', ...command], { cwd });
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => settle({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

export const run = (args: readonly string[], options?: Parameters<typeof start>[1]) =>
  start(args, options).ended;

/** A checksum of each file of a folder. */
export const checksums = (dir: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex'),
      ]),
  );
