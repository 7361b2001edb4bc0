#!/usr/bin/env node
import { StreamifyError } from '@streamify/core';
import { readCommandLine } from './command-line.ts';
import { fetchCommand } from './fetch-command.ts';
import { help } from './help.ts';
import { startCommand } from './start-command.ts';
import { statusCommand } from './status-command.ts';
import { stopCommand } from './stop-command.ts';

// Whoever reads the output may leave, as after `| head`: what is started or stopped is so all the same.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const print = (text: string) => void process.stdout.write(text);

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.help) return print(help);
  if (line.command === 'start') return startCommand(line, print);
  if (line.command === 'stop') return stopCommand(line.dir, print);
  if (line.command === 'fetch') return fetchCommand(line.registry, print);
  process.exitCode = (await statusCommand(line.dir, print)) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StreamifyError)) throw error;
  process.stderr.write(`streamify-kafka: ${error.message}\n`);
  process.exitCode = error.code === 'STREAMIFY_OPTION' ? 2 : 1;
}
