import { openReader, openWarehouse } from '@streamify/sink-duckdb';
import { type DataDir, openDataDir } from './data-dir.ts';
import { reportLive } from './live/report-live.ts';
import { runLive } from './live/run-live.ts';
import { type Published, totalOf } from './log-topics.ts';
import { type OpenLog, openLog } from './open-log.ts';
import type { Options } from './options.ts';
import type { Source } from './plan.ts';
import { shown, startProgress } from './progress.ts';
import { buildModels } from './stages/build-models.ts';
import { deadLetterReasons } from './stages/dead-letter-reasons.ts';
import { eventFiles, importInto } from './stages/import-jsonl.ts';
import { insights } from './stages/insights.ts';
import { land } from './stages/land.ts';
import { reconcile, reconciliationText } from './stages/reconcile.ts';
import { simulateInto, simulationOf } from './stages/simulate.ts';
import { startOver } from './start-over.ts';

/** Thrown when the user stops the run: what is committed stays, and the next run goes on from there. */
export class Stopped extends Error {}

/** What the user asks for while it runs. */
export interface Signals {
  /** To stop, and to go on from there another time. */
  readonly stop: AbortSignal;
  /** To stop sooner: a live run leaves out what comes after its end. */
  readonly hurry: AbortSignal;
}

/**
 * Runs the whole pipeline: events into the log, from there into the raw tables, dbt over these,
 * and at the end an account of every event. Each stage goes on where an earlier run was stopped
 * or killed. Resolves with whether every event is accounted for.
 */
export async function runPipeline(options: Options, { stop, hurry }: Signals): Promise<boolean> {
  if (options.fresh) await startOver(options, checkSource);
  const dataDir = openDataDir(options, checkSource);
  const { source } = dataDir;
  if (source.kind === 'live') {
    await liveUntilStopped(dataDir, source, options.speed, { stop, hurry });
    return true;
  }
  const { log, where } = await openLog(dataDir);
  try {
    const published = await fill({ log, where, dataDir, source, signal: stop });
    await model(dataDir, stop);
    return await report(dataDir, where, published);
  } finally {
    await log.close();
  }
}

/** Simulates and lands until it is stopped, and models then what has landed. */
async function liveUntilStopped(
  dataDir: DataDir,
  source: Extract<Source, { kind: 'live' }>,
  speed: number,
  { stop, hurry }: Signals,
): Promise<void> {
  const result = await runLive({ dataDir, source, run: dataDir.run ?? '', speed, stop, hurry });
  if (!hurry.aborted) {
    try {
      await model(dataDir, hurry);
    } catch (cause) {
      if (!(cause instanceof Stopped)) throw cause;
    }
  }
  await reportLive(dataDir, result, { isModelled: !hurry.aborted });
}

/** A run to the end of its source. */
interface Run extends OpenLog {
  readonly dataDir: DataDir;
  readonly source: Exclude<Source, { kind: 'live' }>;
  readonly signal: AbortSignal;
}

/** Fills the log and lands it. The raw tables are open all the time, which keeps out a second run. */
async function fill(run: Run): Promise<Published> {
  const { log, signal } = run;
  const { raw } = run.dataDir;
  const warehouse = await openWarehouse({ path: raw, config: { memory_limit: '256MB' } });
  try {
    const published = await publish(run);
    const progress = startProgress('land');
    const events = await land(log, warehouse, published, { progress, signal });
    if (signal.aborted) throw new Stopped();
    progress.end(
      events > 0 ? `${shown(events)} events -> ${raw}` : 'all events have landed already',
    );
    return published;
  } finally {
    await warehouse.close();
  }
}

async function publish({ log, where, dataDir, source, signal }: Run): Promise<Published> {
  const progress = startProgress(source.kind === 'jsonl' ? 'import' : 'simulate');
  const before = dataDir.published;
  if (before) {
    progress.end(`${shown(totalOf(before))} events are in the log already`);
    return before;
  }
  const published =
    source.kind === 'jsonl'
      ? await importInto(log, source.dir, { progress, signal })
      : await simulateInto(log, source, { progress, signal });
  if (!published) throw new Stopped();
  dataDir.setPublished(published);
  progress.end(`${shown(totalOf(published))} events -> ${where}`);
  return published;
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
  { raw, warehouse, source }: DataDir,
  where: string,
  published: Published,
): Promise<boolean> {
  const reader = await openReader({ path: warehouse, attach: { raw } });
  try {
    const reconciliation = await reconcile(reader, published);
    const reasons = await deadLetterReasons(reader);
    const lines = [
      '',
      'Every event accounted for:',
      reconciliationText(reconciliation, source.kind === 'jsonl' ? 'imported' : 'simulated'),
      ...(reasons.length > 0 ? ['', 'Why events are dead letters:'] : []),
      ...reasons.map((line) => `  ${line}`),
      '',
      'What the data says:',
      ...(await insights(reader)).map((line) => `  ${line}`),
      '',
      'Where it is:',
      `  star schema    ${warehouse}`,
      `  raw tables     ${raw}   (dead letters: _streamify.dead_letters)`,
      `  event log      ${where}`,
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
