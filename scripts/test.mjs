#!/usr/bin/env node
// All checks in order. Each is a script of package.json or a vitest project; a failing one does not
// keep the others from running, and the last line counts everything: each test, and each other check as one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './test/run-command.mjs';
import { add, none, total } from './test/tally.mjs';
import { readVitestReport } from './test/vitest-report.mjs';

const root = join(import.meta.dirname, '..');
const requireAll = process.env.STREAMIFY_REQUIRE_ALL === '1';

const steps = [
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'typecheck' },
  { name: 'boundaries', script: 'check:boundaries' },
  { name: 'structure', script: 'check:structure' },
  { name: 'unused', script: 'check:unused' },
  { name: 'build', script: 'build' },
  { name: 'unit', script: 'test:unit', vitest: true },
  { name: 'integration', script: 'test:integration', vitest: true },
  { name: 'e2e', script: 'test:e2e', vitest: true },
  { name: 'faults', script: 'test:faults', vitest: true },
  { name: 'pack', script: 'check:pack' },
  { name: 'consumer', script: 'check:consumer' },
];
const names = steps.map(({ name }) => name);

const help = `Usage: npm test -- [--only NAME[,NAME…]]

Runs ${names.join(', ')}, all of them unless --only names some.
A test that lacks something (Java, a browser …) is skipped and listed at the end;
with STREAMIFY_REQUIRE_ALL=1 in the environment it counts as failed.`;

function chosen(only) {
  if (only === undefined) return steps;
  const wanted = only.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length === 0) return steps.filter(({ name }) => wanted.includes(name));
  throw new TypeError(`--only: unknown ${unknown.join(', ')}; known are ${names.join(', ')}`);
}

/** The table that fault tests end with. */
const faultTable = (output) => /^fault +events[\s\S]*?(?=\n\n)/m.exec(output)?.[0] ?? '';

/** Runs one step and counts it; its output is shown only when it failed, but for the table of faults. */
async function runStep({ name, script, vitest }, folder) {
  process.stdout.write(`${name.padEnd(12)}`);
  const report = vitest ? join(folder, `${name}.json`) : undefined;
  const more = report
    ? [
        '--',
        '--reporter=default',
        '--reporter=./scripts/test/fault-table.ts',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ]
    : [];
  const { ok, output, seconds } = await runCommand(root, script, more);
  const tally = report
    ? readVitestReport(report, { ok, root })
    : { ...none, passed: ok ? 1 : 0, failed: ok ? 0 : 1, failures: ok ? [] : [name] };
  const counts = vitest ? `  ${total(tally)}` : '';
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s${counts}`);
  if (!ok) console.log(`${output.trimEnd().replace(/^/gm, '  | ')}\n`);
  else if (name === 'faults') console.log(`\n${faultTable(output).replace(/^/gm, '  ')}\n`);
  return tally;
}

function list(title, entries) {
  if (entries.length === 0) return;
  console.log(`\n${title}`);
  for (const entry of entries) console.log(`  ${entry}`);
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return console.log(help);
  const todo = chosen(values.only);
  const folder = mkdtempSync(join(tmpdir(), 'streamify-test-'));
  let tally = none;
  try {
    for (const step of todo) tally = add(tally, await runStep(step, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  list('FAILED:', tally.failures);
  list(`SKIPPED${requireAll ? ', which counts as failed here' : ''}:`, tally.skips);
  if (requireAll) {
    tally = { ...tally, failed: tally.failed + tally.skipped, skipped: 0 };
  }
  console.log(`\n${total(tally)}`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`npm test: ${error.message}`);
  process.exitCode = 2;
}
