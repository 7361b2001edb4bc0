#!/usr/bin/env node
// Makes a clone ready to run: node modules, the Python environment of dbt, the packages' JavaScript.
// Needs nothing but Node, says what it does, and is silent when there is nothing to do.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundlesStamp } from './setup/bundles-stamp.mjs';
import { SetupError } from './setup/errors.mjs';
import { fileHash, isNewer, readStamp } from './setup/files.mjs';
import { withLock } from './setup/lock.mjs';
import { findPython, venvStamp } from './setup/python.mjs';
import { step } from './setup/step.mjs';
import { systemSentence } from './setup/system-sentence.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)); // import.meta.dirname is too new for a Node that is too old
const path = (...parts) => join(root, ...parts);

const help = `Usage: node scripts/setup.mjs [--python]

Installs the node modules from the lock file and bundles the packages, where that is out of date.
  --python  also makes .venv with the locked requirements of dbt/
  --help    shows this`;

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: install Node 20.19 or newer (https://nodejs.org).`,
  );
}

/** npm's own copy of the lock file is written last, so it tells a complete install. */
function modulesAreCurrent() {
  const installed = path('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const stamp = readStamp(path('node_modules', '.setup-modules'));
  return (
    stamp === fileHash(path('package-lock.json')) || isNewer(installed, path('package-lock.json'))
  );
}

async function installModules() {
  if (modulesAreCurrent()) return;
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await step('installing node modules from package-lock.json', command, args, { cwd: root });
  writeFileSync(path('node_modules', '.setup-modules'), fileHash(path('package-lock.json')));
}

function venvIsCurrent() {
  const stamp = readStamp(path('.venv', '.setup-python'));
  return stamp !== undefined && stamp === venvStamp(path('.venv'), path('dbt', 'requirements.txt'));
}

/** Made anew whenever it is not exactly what the requirements say: a virtual environment is never repaired. */
async function makeVenv() {
  if (venvIsCurrent()) return;
  const python = findPython();
  rmSync(path('.venv'), { recursive: true, force: true });
  await step(
    `making .venv with Python ${python.version}`,
    python.command,
    ['-m', 'venv', path('.venv')],
    {
      cwd: root,
    },
  );
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--require-hashes'];
  await step(
    'installing Python packages from dbt/requirements.txt',
    path('.venv', 'bin', 'python'),
    [...install, '--no-input', '--quiet', '-r', path('dbt', 'requirements.txt')],
    { cwd: root },
  );
  writeFileSync(
    path('.venv', '.setup-python'),
    venvStamp(path('.venv'), path('dbt', 'requirements.txt')),
  );
}

function bundlesAreCurrent() {
  const stamp = bundlesStamp(root);
  return stamp !== undefined && stamp === readStamp(path('node_modules', '.setup-bundles'));
}

async function bundle() {
  if (bundlesAreCurrent()) return;
  const turbo = path('node_modules', 'turbo', 'bin', 'turbo');
  const args = [turbo, 'run', 'bundle', '--output-logs=errors-only', '--no-update-notifier'];
  await step('bundling the packages', process.execPath, args, { cwd: root });
  const stamp = bundlesStamp(root);
  if (stamp === undefined)
    throw new SetupError('a package has no JavaScript in dist/ after bundling.');
  writeFileSync(path('node_modules', '.setup-bundles'), stamp);
}

async function main() {
  const { values } = parseArgs({
    options: { python: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(help);
  checkNode();
  const ready = () =>
    modulesAreCurrent() && bundlesAreCurrent() && (!values.python || venvIsCurrent());
  if (ready()) return;
  await withLock(path('.setup-lock'), async () => {
    if (values.python && !venvIsCurrent()) findPython(); // said at once, not after a long install
    const started = performance.now();
    const work = [installModules().then(bundle), values.python && makeVenv()];
    const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    console.log(`set-up: ready, after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });
}

try {
  await main();
} catch (error) {
  const isOurs = error instanceof SetupError || String(error?.code).startsWith('ERR_PARSE_ARGS');
  const sentence = isOurs ? error.message : systemSentence(error);
  if (sentence === undefined) throw error;
  console.error(`set-up: ${sentence}`);
  process.exitCode = 1;
}
