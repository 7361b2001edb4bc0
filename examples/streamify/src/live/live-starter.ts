import { type JobOptions, type MetricsReporter, type RunningJob, startJob } from '@streamify/core';
import type { TellOutage } from './outage-lines.ts';

/** Starts a job that goes on until it is stopped. */
export type StartLive = <A, B>(job: JobOptions<A, B>) => RunningJob;

/** What live jobs have in common. */
export interface LiveSettings {
  readonly metrics: MetricsReporter;
  readonly say: (line: string) => void;
  readonly tellOutage: TellOutage;
  readonly onCommit?: () => void;
}

/** Each of the partitions of ten jobs has at most two epochs in memory. */
const maxRecords = 5_000;

/** Makes what starts live jobs: a broker that is away is waited for, whatever that takes. */
export function liveStarter({
  metrics,
  say,
  tellOutage,
  onCommit = () => {},
}: LiveSettings): StartLive {
  return (job) =>
    startJob({
      ...job,
      atEnd: 'wait',
      metrics,
      onCommit,
      epoch: { maxRecords },
      onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 5_000 } },
      onRetry({ partition, delay, cause }) {
        if (tellOutage(cause)) return;
        say(
          `${job.name}: partition ${partition} goes on in ${delay} ms, after: ${messageOf(cause)}`,
        );
      },
      onFenced: (partition) =>
        say(`${job.name}: partition ${partition} was taken over by another process`),
      // However many: they are kept, and shown by their topic.
      maxDeadShare: 1,
      // A simulation may be ahead of the clock, by --speed.
      maxFutureSkew: Number.POSITIVE_INFINITY,
    });
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
