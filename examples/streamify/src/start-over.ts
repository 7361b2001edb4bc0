import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileLog, LogCorruptedError } from '@streamify/core';
import { openWarehouse } from '@streamify/sink-duckdb';
import { checkFresh, emptyDataDir, readPlan } from './data-dir.ts';
import { failureText } from './failure-text.ts';
import { findKafka } from './kafka/find-kafka.ts';
import { removeKafkaRun } from './kafka/remove-kafka-run.ts';
import type { Options } from './options.ts';
import type { Source } from './plan.ts';
import { UsageError } from './usage-error.ts';

/** Starts over, but never under the feet of a run that is still at work. */
export async function startOver(options: Options, check: (source: Source) => void): Promise<void> {
  const { dataDir } = options;
  checkFresh(options, check);
  await refuseWhileRunning(dataDir);
  await removeTopics(dataDir);
  emptyDataDir(dataDir);
}

async function refuseWhileRunning(dataDir: string): Promise<void> {
  const [dir, raw] = [join(dataDir, 'log'), join(dataDir, 'raw.duckdb')];
  try {
    if (existsSync(dir)) await (await fileLog({ dir })).close();
  } catch (cause) {
    // A damaged log is a reason to start over.
    if (!(cause instanceof LogCorruptedError)) throw cause;
  }
  // Who works on Kafka's topics has this open from beginning to end.
  if (runIn(dataDir) !== undefined && existsSync(raw))
    await (await openWarehouse({ path: raw, lockTimeout: 0 })).close();
}

/** Topics that cannot be removed are no reason to keep the folder: the new run has others. */
async function removeTopics(dataDir: string): Promise<void> {
  const run = runIn(dataDir);
  if (run === undefined) return;
  try {
    await removeKafkaRun(await findKafka(() => {}), run);
  } catch (cause) {
    const why = cause instanceof Error ? (failureText(cause) ?? cause.message) : String(cause);
    process.stderr.write(`the topics ${run}.* stay in Kafka, as they cannot be removed: ${why}\n`);
  }
}

function runIn(dataDir: string): string | undefined {
  try {
    return readPlan(dataDir)?.run;
  } catch (cause) {
    // A damaged plan is a reason to start over.
    if (cause instanceof UsageError) return undefined;
    throw cause;
  }
}
