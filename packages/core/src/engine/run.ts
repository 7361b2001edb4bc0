import { OptionError, UnknownTopicError } from '../errors.ts';
import type { Topic } from '../log/topic.ts';
import type { Sink } from '../sink/sink.ts';
import type { Pipeline } from './pipeline.ts';
import { type CommitReport, runPartition } from './run-partition.ts';

/** When an epoch ends: at the first of these. */
export interface EpochBounds {
  /** Default 20,000. */
  readonly maxRecords?: number;
  /** Bytes of keys and values. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds since its start. Default 1,000. */
  readonly maxWait?: number;
}

export interface JobOptions<A, B> {
  /** Names the job for ever: its checkpoints are found by it. */
  readonly name: string;
  readonly from: Topic<A>;
  readonly through: Pipeline<A, B>;
  readonly into: Sink<B>;
  /**
   * What to do at the end of the log: `wait` for more (default), `stop` at what the log held when
   * the job started, or stop there and `complete` the pipeline, which closes windows.
   */
  readonly atEnd?: 'wait' | 'stop' | 'complete';
  readonly epoch?: EpochBounds;
  /** Largest share of events that may die, looked at after the first 1,000. Default 0.5. */
  readonly maxDeadShare?: number;
  /** How far an event's time may be ahead of its append to the log, in milliseconds. Default one day. */
  readonly maxFutureSkew?: number;
  /** Ends the job once what is under way is committed. */
  readonly signal?: AbortSignal;
  /** Called after each commit. */
  readonly onCommit?: (report: CommitReport) => void;
}

/** What a job did while it ran. */
export interface JobSummary {
  /** Sums of the counts of all epochs: `in`, `out`, `dead`, and what operators count. */
  readonly counts: Readonly<Record<string, number>>;
  readonly epochs: number;
}

interface RunningTask {
  readonly finished: Promise<void>;
  readonly release: AbortController;
}

/**
 * Runs a job: each partition of the topic goes through its own copy of the pipeline into the sink,
 * exactly once. A job that was stopped or killed goes on from its last commit.
 *
 * Resolves when the end of the log is reached (unless it waits there) or `signal` fires, and all
 * is committed. When one partition fails, the others finish their epoch and the error is thrown.
 *
 * @throws OptionError, UnknownTopicError, PipelineError, StateMismatchError, FencedError,
 * OffsetOutOfRangeError, DeadLetterLimitError, or what the sink or the log throws.
 *
 * @example
 * await run({ name: 'plays', from: log.topic('plays', Play), through: (plays$) => plays$.pipe(clean(rules)), into: sink });
 */
export async function run<A, B>(job: JobOptions<A, B>): Promise<JobSummary> {
  validate(job);
  const { name, from, atEnd = 'wait', signal, onCommit } = job;
  if ((await from.log.partitions(from.name)) === undefined)
    throw new UnknownTopicError(`there is no topic ${from.name}: create it with createTopic`);

  const summary = { counts: {} as Record<string, number>, epochs: 0 };
  const report = (committed: CommitReport) => {
    addCounts(summary.counts, committed.counts);
    summary.epochs++;
    onCommit?.(committed);
  };

  const stop = new AbortController();
  const stopping = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const tasks = new Map<number, RunningTask>();
  let failure: { readonly cause: unknown } | undefined;
  let unfinished = 0;
  const fail = (cause: unknown) => {
    failure ??= { cause };
    stop.abort();
  };
  const assigned = (partition: number) => {
    unfinished++;
    const release = new AbortController();
    const until = AbortSignal.any([stopping, release.signal]);
    const finished = runPartition(job, partition, until, report)
      .catch(fail)
      .finally(() => {
        unfinished--;
        if (unfinished === 0 && atEnd !== 'wait') stop.abort();
      });
    tasks.set(partition, { finished, release });
  };
  const revoked = async (partition: number) => {
    tasks.get(partition)?.release.abort();
    await tasks.get(partition)?.finished;
    tasks.delete(partition);
  };

  const assignment = await from.log.assign(name, [from.name], { assigned, revoked });
  assignment.ended.catch(fail);
  await aborted(stopping);
  await Promise.all([...tasks.values()].map(({ finished }) => finished));
  await assignment.close();
  if (failure) throw failure.cause;
  return summary;
}

/** Adds the counts of an epoch to a sum. */
function addCounts(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, n] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + n;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

function validate<A, B>({
  name,
  atEnd,
  epoch = {},
  maxDeadShare,
  maxFutureSkew,
}: JobOptions<A, B>): void {
  if (typeof name !== 'string' || name.trim() === '')
    throw new OptionError(`a job needs a name, got ${JSON.stringify(name)}`);
  if (atEnd !== undefined && !['wait', 'stop', 'complete'].includes(atEnd))
    throw new OptionError(`atEnd must be wait, stop or complete, got ${String(atEnd)}`);
  for (const [option, value] of Object.entries(epoch))
    if (value !== undefined && !(value >= 1 && (value % 1 === 0 || value === Infinity)))
      throw new OptionError(`epoch.${option} must be a whole number of at least 1, got ${value}`);
  if (maxDeadShare !== undefined && !(maxDeadShare >= 0 && maxDeadShare <= 1))
    throw new OptionError(`maxDeadShare must be between 0 and 1, got ${maxDeadShare}`);
  if (maxFutureSkew !== undefined && !(maxFutureSkew >= 0))
    throw new OptionError(`maxFutureSkew must not be negative, got ${maxFutureSkew}`);
}
