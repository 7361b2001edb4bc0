import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EventLog, fileLog, LogCorruptedError } from '@streamify/core';
import { openReader, openWarehouse } from '@streamify/sink-duckdb';
import { checkFresh, type DataDir, emptyDataDir, openDataDir, type Source } from './data-dir.ts';
import type { Published } from './log-topics.ts';
import type { Options } from './options.ts';
import { shown, startProgress } from './progress.ts';
import { buildModels } from './stages/build-models.ts';
import { deadLetterReasons } from './stages/dead-letter-reasons.ts';
import { eventFiles, importInto } from './stages/import-jsonl.ts';
import { insights } from './stages/insights.ts';
import { land } from './stages/land.ts';
import { reconcile, reconciliationText } from './stages/reconcile.ts';
import { simulateInto, simulationOf } from './stages/simulate.ts';

/** Thrown when the user stops the run: what is committed stays, and the next run goes on from there. */
export class Stopped extends Error {}

/**
 * Runs the whole pipeline: events into the log, from there into the raw tables, dbt over these,
 * and at the end an account of every event. Each stage goes on where an earlier run was stopped
 * or killed. Resolves with whether every event is accounted for.
 */
export async function runPipeline(options: Options, signal: AbortSignal): Promise<boolean> {
  if (options.fresh) await startOver(options);
  const dataDir = openDataDir(options, checkSource);
  const { source } = dataDir;
  const log = await fileLog({
    dir: dataDir.log,
    onRecovered: ({ file, droppedBytes, keptRecords }) =>
      process.stdout.write(
        `recovered  ${file}: kept ${shown(keptRecords)} whole records of an unfinished write, dropped ${shown(droppedBytes)} bytes\n`,
      ),
  });
  try {
    const published = await publish(log, dataDir, signal);
    await landAll(log, dataDir, published, signal);
    await model(dataDir, signal);
    return await report(dataDir, published, source.kind === 'jsonl' ? 'imported' : 'simulated');
  } finally {
    await log.close();
  }
}

async function publish(log: EventLog, dataDir: DataDir, signal: AbortSignal): Promise<Published> {
  const { source } = dataDir;
  const progress = startProgress(source.kind === 'jsonl' ? 'import' : 'simulate');
  const before = dataDir.published;
  if (before) {
    progress.end(`${shown(sum(before))} events are in the log already`);
    return before;
  }
  const published =
    source.kind === 'jsonl'
      ? await importInto(log, source.dir, { progress, signal })
      : await simulateInto(log, source, { progress, signal });
  if (!published) throw new Stopped();
  dataDir.setPublished(published);
  progress.end(`${shown(sum(published))} events -> ${dataDir.log}`);
  return published;
}

async function landAll(
  log: EventLog,
  { raw }: DataDir,
  published: Published,
  signal: AbortSignal,
): Promise<void> {
  const progress = startProgress('land');
  const warehouse = await openWarehouse({ path: raw, config: { memory_limit: '256MB' } });
  try {
    const events = await land(log, warehouse, published, { progress, signal });
    if (signal.aborted) throw new Stopped();
    progress.end(
      events > 0 ? `${shown(events)} events -> ${raw}` : 'all events have landed already',
    );
  } finally {
    await warehouse.close();
  }
}

async function model(dataDir: DataDir, signal: AbortSignal): Promise<void> {
  const progress = startProgress('model');
  const result = await buildModels(dataDir, { progress, signal });
  if (!result) throw new Stopped();
  const { pass = 0, ...others } = result.statuses;
  const rest = Object.entries(others).map(([status, n]) => `, ${n} ${status}`);
  progress.end(`${pass} models and tests passed${rest.join('')} -> ${dataDir.warehouse}`);
}

async function report(
  { raw, warehouse, log }: DataDir,
  published: Published,
  source: 'simulated' | 'imported',
): Promise<boolean> {
  const reader = await openReader({ path: warehouse, attach: { raw } });
  try {
    const reconciliation = await reconcile(reader, published);
    const reasons = await deadLetterReasons(reader);
    const lines = [
      '',
      'Every event accounted for:',
      reconciliationText(reconciliation, source),
      ...(reasons.length > 0 ? ['', 'Why events are dead letters:'] : []),
      ...reasons.map((line) => `  ${line}`),
      '',
      'What the data says:',
      ...(await insights(reader)).map((line) => `  ${line}`),
      '',
      'Where it is:',
      `  star schema    ${warehouse}`,
      `  raw tables     ${raw}   (dead letters: _streamify.dead_letters)`,
      `  event log      ${log}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return reconciliation.balanced;
  } finally {
    reader.close();
  }
}

/** Finds what is wrong with a source before a folder is given to it. */
function checkSource(source: Source): void {
  if (source.kind === 'jsonl') eventFiles(source.dir);
  else simulationOf(source);
}

/** Starts over, but never under the feet of a run that is still at work. */
async function startOver(options: Options): Promise<void> {
  checkFresh(options, checkSource);
  const dir = join(options.dataDir, 'log');
  if (existsSync(dir)) {
    try {
      await (await fileLog({ dir })).close();
    } catch (cause) {
      // A damaged log is a reason to start over.
      if (!(cause instanceof LogCorruptedError)) throw cause;
    }
  }
  emptyDataDir(options.dataDir);
}

const sum = (published: Published) => Object.values(published).reduce((all, n) => all + n, 0);
