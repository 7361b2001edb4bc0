import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { none } from './tally.mjs';

/**
 * Counts the tests in vitest's JSON report. A run that failed with no failing test (a file that
 * cannot be loaded, an unhandled rejection, no test at all) counts as one failure more.
 */
export function readVitestReport(file, { ok, root }) {
  const tally = { ...none, failures: [], skips: [] };
  for (const { name, status, message, assertionResults } of readResults(file)) {
    const place = relative(root, name);
    for (const test of assertionResults) count(tally, test, `${test.fullName} (${place})`);
    if (status === 'failed' && assertionResults.length === 0) {
      tally.failed++;
      tally.failures.push(`${place}: ${message.split('\n')[0]}`);
    }
  }
  if (!ok && tally.failed === 0) {
    tally.failed++;
    tally.failures.push('vitest failed outside of a test: see its output above');
  }
  return tally;
}

const readResults = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : [];

/** Lines of a failing test's first message that are shown beside its name. */
const reasonLines = 12;

function reasonOf([message] = []) {
  if (message === undefined) return '';
  const lines = stripVTControlCharacters(message).split('\n');
  return lines
    .slice(0, reasonLines)
    .map((line) => `\n    ${line.trimEnd()}`)
    .join('');
}

function count(tally, { status, failureMessages }, name) {
  if (status === 'passed') {
    tally.passed++;
  } else if (status === 'failed') {
    tally.failed++;
    tally.failures.push(name + reasonOf(failureMessages));
  } else {
    tally.skipped++;
    tally.skips.push(name);
  }
}
