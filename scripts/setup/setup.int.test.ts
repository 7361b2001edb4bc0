import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../docs/pages.ts';
import { bundlesStamp } from './bundles-stamp.mjs';
import { fileHash } from './files.mjs';

const isRoot = process.getuid?.() === 0;
/** Root may do everything: as root the set-up runs as the user whom nothing belongs to. */
const nobody = 65_534;
const user = isRoot ? nobody : process.getuid?.();

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'streamify-clone-'));
  cpSync(join(root, 'scripts'), join(clone, 'scripts'), { recursive: true });
  for (const name of ['package-lock.json', 'tsconfig.base.json'])
    cpSync(join(root, name), join(clone, name));
  for (const name of ['packages', 'examples', 'dbt']) mkdirSync(join(clone, name));
  writeFileSync(join(clone, 'dbt', 'requirements.txt'), '');
  chmodSync(clone, 0o755);
});
afterEach(() => {
  chmodSync(join(clone, '.venv', 'bin'), 0o755);
  rmSync(clone, { recursive: true });
});

function setUp(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(clone, 'scripts', 'setup.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: '', PATH: `${join(clone, 'bin')}:${process.env['PATH']}` },
    ...(user !== undefined && { uid: user }),
  });
}

describe('a clone that is not wholly the own', () => {
  it('ends in a sentence when .venv may not be replaced', () => {
    mkdirSync(join(clone, '.venv', 'bin'), { recursive: true });
    writeFileSync(join(clone, '.venv', 'bin', 'python'), '');
    if (isRoot) chownSync(clone, nobody, nobody);
    chmodSync(join(clone, '.venv', 'bin'), 0o555);
    allButPython();
    const { status, stderr } = setUp('--python');
    expect(stderr).toContain(`set-up: cannot use ${join(clone, '.venv')}`);
    expect(stderr).toContain('permission is denied; ');
    if (isRoot)
      expect(stderr).toContain(
        `belongs to the user with the id 0, and this one has the id ${nobody}: let that user run it, or remove it.`,
      );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  it.runIf(isRoot)('ends in a sentence when nothing may be written at all', () => {
    mkdirSync(join(clone, '.venv', 'bin'), { recursive: true });
    const { status, stderr } = setUp();
    expect(stderr).toBe(
      `set-up: cannot use ${join(clone, '.setup-lock')}: permission is denied; ${clone} belongs to the user with the id 0, and this one has the id ${nobody}: let that user run it, or remove it.\n`,
    );
    expect(status).toBe(1);
  });
});

/** Only Python is still to be set up, and there is one that can do it, whatever the machine has. */
function allButPython(): void {
  mkdirSync(join(clone, 'node_modules'));
  writeFileSync(join(clone, 'node_modules', '.package-lock.json'), '');
  writeFileSync(
    join(clone, 'node_modules', '.setup-modules'),
    fileHash(join(clone, 'package-lock.json')),
  );
  writeFileSync(join(clone, 'node_modules', '.setup-bundles'), `${bundlesStamp(clone)}`);
  mkdirSync(join(clone, 'bin'));
  writeFileSync(join(clone, 'bin', 'python3'), '#!/bin/sh\necho 3 12 ""\n', { mode: 0o755 });
}
