#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { StreamifyError } from '@streamify/core';
import { OutputError } from '../errors.ts';
import { readCommandLine } from './command-line.ts';
import { help } from './help.ts';
import { simulateCommand, summaryLine } from './simulate-command.ts';

const stop = new AbortController();
/** Before this a signal ends the process at once: nothing is written, and users are made without a pause. */
function stopAtSignals(): void {
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(code);
      process.exitCode = code;
      stop.abort();
    });
}
// Whoever reads the output may leave: what is left to say then is said to nobody.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.help) return void process.stdout.write(help);
  if (line.version) {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    return void process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
  }
  const summary = await simulateCommand(line, {
    signal: stop.signal,
    onReady: stopAtSignals,
    stderr: process.stderr,
    worker: new URL('./share-worker.js', import.meta.url),
  });
  const isFree = line.target.kind !== 'stdout' && line.target.kind !== 'sample';
  if (line.json) (isFree ? process.stdout : process.stderr).write(`${JSON.stringify(summary)}\n`);
  else if (line.target.kind !== 'sample') process.stderr.write(`${summaryLine(summary)}\n`);
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  if (!(error instanceof StreamifyError)) throw error;
  process.stderr.write(`streamify-simulate: ${error.message}\n`);
  if (error instanceof OutputError && process.argv.some((arg) => arg.startsWith('--checkpoint')))
    process.stderr.write(
      'the checkpoint is as it was: make room, and run the same command again\n',
    );
}
