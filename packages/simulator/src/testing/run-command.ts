import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Running, startProcess } from '@streamify/test-kit';

const main = resolve(import.meta.dirname, '../../dist/main.js');

/** What the built command needs that is not there. Empty when all is there. */
export const missing = existsSync(main) ? '' : 'the bundled command (npm run build)';

/** Starts the built command, as a user does; `shell` goes before it in a shell. */
export function start(
  args: readonly string[],
  { shell, ...options }: { readonly shell?: string; readonly cwd?: string } = {},
): Running {
  const command = [main, ...args];
  return shell === undefined
    ? startProcess(process.execPath, command, options)
    : startProcess('bash', ['-c', `${shell} "$@"`, 'bash', process.execPath, ...command], options);
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
