import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCommand, startProgram } from './testing/run-main.ts';

const simulator = resolve(import.meta.dirname, '../../../packages/simulator/dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'hostile-paths-'));
const at = (name: string) => join(folder, name);
beforeAll(() => {
  mkdirSync(at('folder'));
  writeFileSync(at('file'), 'no JSON');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands where something else is wanted; behind a file there is no path at all. */
const wrong = {
  folder: at('folder'),
  file: at('file'),
  missing: at('missing'),
  behind: at('file/x'),
};
type Wrong = keyof typeof wrong;

/** For each option that takes a path, what it cannot use. */
const simulate: Readonly<Record<string, readonly Wrong[]>> = {
  config: ['folder', 'file', 'missing', 'behind'],
  data: ['folder', 'file', 'missing', 'behind'],
  checkpoint: ['folder', 'file', 'behind'],
  out: ['file', 'behind'],
  log: ['file', 'behind'],
  labels: ['folder', 'behind'],
};
const start: Readonly<Record<string, readonly Wrong[]>> = {
  config: ['folder', 'file', 'missing', 'behind'],
  'from-jsonl': ['folder', 'file', 'missing', 'behind'],
  'data-dir': ['file', 'behind'],
};
const worker: Readonly<Record<string, readonly Wrong[]>> = {
  'data-dir': ['folder', 'file', 'missing', 'behind'],
};

const cases = (options: Readonly<Record<string, readonly Wrong[]>>) =>
  Object.entries(options).flatMap(([option, kinds]) =>
    kinds.map((kind) => [option, kind] as const),
  );

function expectSentence({
  code,
  stderr,
}: {
  readonly code: number | null;
  readonly stderr: string;
}) {
  expect(stderr).not.toMatch(/^ {4}at |node:|\bE[A-Z]{4,}\b/m);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  expect(stderr.length).toBeGreaterThan(20);
  expect(stderr.length).toBeLessThan(600);
  expect(code).toBe(1);
}

describe('npm run simulate', () => {
  it.each(cases(simulate))('--%s on what is a %s ends in a sentence', async (option, kind) => {
    const beside = {
      labels: ['--late=0.1', '--out', at('out-l')],
      checkpoint: ['--out', at('out-c')],
    }[option];
    const args = ['-s', '2026-03-02', '--days', '1', `--${option}=${wrong[kind]}`];
    const where = beside ?? (option === 'out' || option === 'log' ? [] : ['--dry-run']);
    expectSentence(await startProgram(simulator, [...args, ...where]).ended);
  });
});

describe('npm start', () => {
  it.each(cases(start))('--%s on what is a %s ends in a sentence', async (option, kind) => {
    const data = option === 'data-dir' ? [] : ['--data-dir', at('data')];
    expectSentence(await startCommand('main', [`--${option}=${wrong[kind]}`, ...data]).ended);
  });
});

describe('npm run worker', () => {
  it.each(cases(worker))('--%s on what is a %s ends in a sentence', async (option, kind) => {
    expectSentence(await startCommand('worker', [`--${option}=${wrong[kind]}`]).ended);
  });
});
