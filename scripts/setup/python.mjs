import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { fileHash } from './files.mjs';

const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const oldest = [3, 10];
/** dbt 1.11 has no release for a newer Python than this. */
const newest = [3, 13];
const probe = `
import importlib.util, sys
parts = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
print(sys.version_info[0], sys.version_info[1], ",".join(parts))
`;

/** The first Python of the path that dbt runs on and that can make a virtual environment. */
export function findPython() {
  const found = candidates.map(look).filter((python) => python !== undefined);
  const fitting = found.filter(({ tuple }) => within(tuple));
  const ready = fitting.find(({ missing }) => missing === '');
  if (ready) return ready;
  throw new SetupError(complaint(found, fitting));
}

function complaint(found, fitting) {
  if (fitting.length > 0) {
    const [{ command, version }] = fitting;
    return `${command} (Python ${version}) cannot make virtual environments: install python3-venv (Debian, Ubuntu: apt install python3-venv; macOS: brew install python).`;
  }
  const seen = found.map(({ version }) => version).join(', ');
  const why = seen ? `found only Python ${seen}` : 'found no python3';
  return `dbt needs Python 3.10 to 3.13 with venv, ${why}: install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13).`;
}

function look(command) {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const [major, minor, missing] = execFileSync(command, ['-c', probe], options).split(/[ \n]/);
    const tuple = [Number(major), Number(minor)];
    return { command, tuple, version: tuple.join('.'), missing };
  } catch {
    return undefined; // not on the path, or not able to run: the same to us
  }
}

const within = (tuple) => compare(tuple, oldest) >= 0 && compare(tuple, newest) <= 0;
const compare = (a, b) => a[0] - b[0] || a[1] - b[1];

/** What a virtual environment was made from: its interpreter and its requirements; `undefined` when it is broken. */
export function venvStamp(venv, requirements) {
  try {
    return `${realpathSync(join(venv, 'bin', 'python'))} ${fileHash(requirements)}`;
  } catch (error) {
    if (error.code === 'ENOENT' && error.path !== requirements) return undefined;
    throw error;
  }
}
