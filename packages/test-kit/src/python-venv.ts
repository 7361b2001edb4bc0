import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const candidates = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
];
const probe = `
import importlib.util, sys
ready = sys.version_info >= (3, 10) and all(map(importlib.util.find_spec, ("venv", "ensurepip")))
print(sys.version.split()[0] if ready else "")
`;

/** A Python that can make a virtual environment for the requirements. */
export interface Python {
  readonly command: string;
  readonly version: string;
}

/** The first Python of the path, from 3.10 on, that has venv. */
export async function findPython(): Promise<Python | undefined> {
  for (const command of candidates) {
    // One that is not there, or does not run, is the same to us.
    const version = await execute(command, ['-c', probe]).catch(() => ({ stdout: '' }));
    if (version.stdout.trim() !== '') return { command, version: version.stdout.trim() };
  }
  return undefined;
}

/**
 * Makes a virtual environment with the locked requirements of a file, once for a machine, and returns
 * its interpreter. Its folder is named by what it was made from, and gets that name when it is whole.
 */
export async function pythonVenv(
  { command, version }: Python,
  requirements: string,
): Promise<string> {
  const file = await readFile(requirements);
  const stamp = createHash('sha256').update(version).update(file).digest('hex').slice(0, 12);
  const cache = resolve(process.env['STREAMIFY_CACHE'] || join('.streamify', 'cache'), 'interop');
  const venv = join(cache, stamp);
  const interpreter = join(venv, 'bin', 'python');
  if (await isThere(interpreter)) return interpreter;

  const making = join(cache, `${stamp}.${process.pid}`);
  await mkdir(cache, { recursive: true });
  try {
    await execute(command, ['-m', 'venv', making]);
    const install = ['install', '--disable-pip-version-check', '--require-hashes', '--no-input'];
    const args = ['-m', 'pip', ...install, '--quiet', '-r', requirements];
    await execute(join(making, 'bin', 'python'), args);
    await rename(making, venv);
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    // Another run may have been faster.
    if (!(await isThere(interpreter))) throw cause;
  }
  return interpreter;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
