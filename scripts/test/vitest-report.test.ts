import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVitestReport } from './vitest-report.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamify-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Counts a report of one file with these tests. */
function count(statuses: readonly string[], { ok = true, status = 'passed', message = '' } = {}) {
  const assertionResults = statuses.map((s, i) => ({ status: s, fullName: `test ${i}` }));
  const report = join(folder, 'report.json');
  const testResults = [{ name: join(folder, 'a.test.ts'), status, message, assertionResults }];
  writeFileSync(report, JSON.stringify({ testResults }));
  return readVitestReport(report, { ok, root: folder });
}

describe('readVitestReport', () => {
  it('counts each test as one, and names those that did not pass', () => {
    expect(count(['passed', 'failed', 'skipped', 'pending', 'todo'], { ok: false })).toEqual({
      passed: 1,
      failed: 1,
      skipped: 3,
      failures: ['test 1 (a.test.ts)'],
      skips: ['test 2 (a.test.ts)', 'test 3 (a.test.ts)', 'test 4 (a.test.ts)'],
    });
  });

  it('shows the first lines of why a test failed', () => {
    const why = [
      '\u001b[31mexpected 1\u001b[39m',
      ...Array.from({ length: 20 }, (_, i) => `at ${i}`),
    ];
    const report = join(folder, 'report.json');
    const failed = { status: 'failed', fullName: 'a test', failureMessages: [why.join('\n')] };
    const testResults = [
      {
        name: join(folder, 'a.test.ts'),
        status: 'failed',
        message: '',
        assertionResults: [failed],
      },
    ];
    writeFileSync(report, JSON.stringify({ testResults }));
    const [shown = ''] = readVitestReport(report, { ok: false, root: folder }).failures;
    expect(shown.split('\n').slice(0, 3)).toEqual([
      'a test (a.test.ts)',
      '    expected 1',
      '    at 0',
    ]);
    expect(shown.split('\n')).toHaveLength(13);
  });

  it('counts a file that cannot be loaded as a failure', () => {
    const broken = { ok: false, status: 'failed', message: 'no such module\n at x' };
    expect(count([], broken)).toMatchObject({ failed: 1, failures: ['a.test.ts: no such module'] });
  });

  it('counts a run that failed outside of its tests as a failure', () => {
    expect(count(['passed'], { ok: false })).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a run that left no report as a failure', () => {
    const missing = join(folder, 'none.json');
    expect(readVitestReport(missing, { ok: false, root: folder })).toMatchObject({ failed: 1 });
  });
});
