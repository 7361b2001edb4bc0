import { type EventLog, type JobOptions, run, type Warehouse } from '@streamify/core';
import { cleaningJobs, countingJob } from '../jobs.ts';
import { type Published, topicNames } from '../log-topics.ts';
import { type Progress, shown } from '../progress.ts';
import { tablesOf } from '../targets.ts';

/** Each of the partitions has at most two epochs in memory: this bounds what a run takes. */
const maxRecords = 10_000;

/** Runs all jobs to the end of the log, one after another. */
export async function land(
  log: EventLog,
  warehouse: Warehouse,
  published: Published,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<number> {
  const total =
    topicNames.reduce((sum, topic) => sum + published[topic], 0) + published.listen_events;
  let done = 0;
  const runToEnd = async <A, B>(job: JobOptions<A, B>, atEnd: 'stop' | 'complete') => {
    await run({
      ...job,
      atEnd,
      signal,
      epoch: { maxRecords },
      // However many: they are counted, kept, and shown with their reasons at the end.
      maxDeadShare: 1,
      onCommit: ({ counts }) => {
        done += counts['in'] ?? 0;
        progress.update(done, total, `${job.name}: ${shown(done)} events`);
      },
    });
  };
  const tables = tablesOf(warehouse);
  for (const { startBy } of cleaningJobs(log, tables))
    await startBy((job) => runToEnd(job, 'stop'));
  await countingJob(log, tables).startBy((job) => runToEnd(job, 'complete'));
  return done;
}
