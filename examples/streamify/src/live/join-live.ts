import { join } from 'node:path';
import { readPlan } from '../data-dir.ts';
import { sharedJobNames } from '../jobs.ts';
import { brokersVariable, type KafkaPlace, registryVariable } from '../kafka/kafka-place.ts';
import { openKafkaRun } from '../kafka/kafka-run.ts';
import { placeInEnvironment } from '../kafka/place-in-environment.ts';
import { cleanTopic } from '../log-topics.ts';
import { UsageError } from '../usage-error.ts';
import { startShared } from './live-jobs.ts';
import { liveLines, timedLine } from './live-lines.ts';
import { livePlace } from './live-place.ts';
import { liveStarter } from './live-starter.ts';
import { livePatience, outageLines } from './outage-lines.ts';
import { runJobs } from './run-jobs.ts';
import type { WorkerOptions } from './worker-options.ts';

const startIt = 'start one with npm start -- --kafka --continuous';

/**
 * Takes a share of a live run until `signal` fires.
 *
 * @throws UsageError when there is no live run.
 */
export async function joinLive(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { run, brokers, registryUrl } = placeOf(options);
  const kafka = openKafkaRun({ brokers, registryUrl }, run, { patience: livePatience });
  try {
    timedLine(`joining run ${run} at ${brokers.join(', ')}; Ctrl-C leaves it`);
    if ((await kafka.log.partitions(cleanTopic('listen_events'))) === undefined)
      throw new UsageError(`there is no run ${run} at ${brokers.join(', ')}: ${startIt}`);
    const start = liveStarter({
      metrics: liveLines(timedLine, sharedJobNames),
      say: timedLine,
      tellOutage: outageLines(timedLine, () => performance.now()),
    });
    await runJobs(startShared(kafka, start), signal);
  } finally {
    await kafka.close();
  }
}

function placeOf({ run, dataDir }: WorkerOptions): KafkaPlace & { readonly run: string } {
  const named = placeInEnvironment();
  if (run !== undefined) {
    if (named) return { run, ...named };
    throw new UsageError(
      `--run ${run} is of another machine: say where Kafka is by ${brokersVariable} and ${registryVariable}`,
    );
  }
  const place = livePlace(join(dataDir, 'live.json'));
  if (place) return { ...place, ...named };
  if (readPlan(dataDir)?.kind === 'live')
    throw new UsageError(
      `the live run of ${dataDir} has ended: let it go on with npm start -- --kafka --continuous`,
    );
  throw new UsageError(`there is no live run in ${dataDir}: ${startIt}`);
}
