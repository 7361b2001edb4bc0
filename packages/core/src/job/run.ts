import { addCounts } from '../adapter/add-counts.ts';
import { assignAll } from '../adapter/assign-all.ts';
import { FencedError, UnknownTopicError } from '../contract/errors.ts';
import type { Assignment } from '../contract/event-log.ts';
import type { StateView } from '../state/state-view.ts';
import type { Task } from '../task/task.ts';
import { checkJob } from './check-job.ts';
import { systemClock } from './clock.ts';
import type { CommitReport } from './commit-queue.ts';
import type { Inputs, Job, JobOptions, MergedJobOptions } from './job-options.ts';
import { isLasting } from './retry.ts';
import { runPartition } from './run-partition.ts';

/** What a job did while it ran. */
export interface JobSummary {
  /** Sums of the counts of all epochs: `in`, `out`, `dead`, and what operators count. */
  readonly counts: Readonly<Record<string, number>>;
  readonly epochs: number;
}

/** A job that is under way. */
export interface RunningJob {
  /** What `run` would have given: resolves or rejects with the end of the job. */
  readonly done: Promise<JobSummary>;
  /** The partitions that this process works on just now. */
  readonly partitions: readonly number[];
  /** The state of the task of a partition, to be read while it runs; `undefined` when it does not run. */
  state(partition: number): StateView | undefined;
  /** Ends the job once what is under way is committed. */
  stop(): void;
}

/** Milliseconds before a partition that was taken over is tried again; each further wait is twice as long. */
const RECLAIM_AFTER = 5_000;
const RECLAIM_AFTER_MOST = 60_000;

interface RunningTask {
  readonly finished: Promise<void>;
  readonly release: AbortController;
}

/**
 * Runs a job: each partition of its topic goes through its own copy of the pipeline into the sink,
 * exactly once. A job that was stopped or killed goes on from its last commit.
 *
 * Resolves when the end of the log is reached (unless it waits there) or `signal` fires, and all
 * is committed. When one partition fails, the others finish their epoch and the error is thrown.
 * A partition that another owner has taken over ends alone. Where the log shares partitions among
 * processes, the job works on it again if it still has it after a while; elsewhere it throws the `FencedError` when no
 * other is left, and at the end of the log. A job that ends there works on all partitions itself,
 * so that everything is done when it has ended.
 *
 * @throws OptionError, UnknownTopicError, PipelineError, StateMismatchError, FencedError,
 * OffsetOutOfRangeError, DeadLetterLimitError, PoisonError, or what the sink or the log throws.
 *
 * @example
 * await run({ name: 'plays', from: log.topic('plays', Play), through: (plays$) => plays$.pipe(clean(rules)), into: sink });
 */
export function run<A, B>(job: JobOptions<A, B>): Promise<JobSummary>;
/** Runs a job on several topics, merged by event time. */
export function run<I extends Inputs, B>(job: MergedJobOptions<I, B>): Promise<JobSummary>;
export async function run(options: object): Promise<JobSummary> {
  return startJob(options as JobOptions<never, unknown>).done;
}

/**
 * Starts a job as {@link run} does, and lets it be watched while it runs.
 *
 * @throws OptionError at once when an option cannot work; everything else rejects `done`.
 *
 * @example
 * const job = startJob({ name: 'plays', from: topic, through: (plays$) => plays$.pipe(perSong), into: sink });
 * job.state(0)?.keyed<number>('perSong.open').get(0, 'Imagine');
 */
export function startJob<A, B>(job: JobOptions<A, B>): RunningJob;
/** Starts a job on several topics, merged by event time. */
export function startJob<I extends Inputs, B>(job: MergedJobOptions<I, B>): RunningJob;
export function startJob(options: object): RunningJob {
  const job = checkJob(options as JobOptions<never, unknown>);
  const stop = new AbortController();
  const tasks = new Map<number, Task<never, unknown>>();
  return {
    done: runTasks(job, stop, tasks).finally(() => job.metrics?.ended?.(job.name)),
    get partitions() {
      return [...tasks.keys()].sort((a, b) => a - b);
    },
    state: (partition) => tasks.get(partition)?.view,
    stop: () => stop.abort(),
  };
}

async function runTasks<A, B>(
  job: Job<A, B>,
  stop: AbortController,
  running: Map<number, Task<A, B>>,
): Promise<JobSummary> {
  const { name, inputs, atEnd = 'wait', signal, onCommit, onFenced, clock = systemClock } = job;
  const topics = inputs.map(({ topic }) => topic.name);
  const { log } = inputs[0].topic;
  for (const topic of topics)
    if ((await log.partitions(topic)) === undefined)
      throw new UnknownTopicError(`there is no topic ${topic}: create it with createTopic`);

  const abort = job.abort ?? new AbortController().signal;
  abort.throwIfAborted();
  const stopping = AbortSignal.any([stop.signal, abort, ...(signal ? [signal] : [])]);
  const tasks = new Map<number, RunningTask>();
  const fenced: FencedError[] = [];
  /** Partitions that another has taken over, how often in a row, and what ends the wait for them. */
  const lost = new Map<number, { readonly losses: number; readonly release: AbortController }>();
  let failure: { readonly cause: unknown } | undefined;
  let unfinished = 0;
  const fail = (cause: unknown) => {
    failure ??= { cause };
    stop.abort();
  };

  const summary = { counts: {} as Record<string, number>, epochs: 0 };
  let assignment: Assignment | undefined;
  const report = (committed: CommitReport) => {
    lost.delete(committed.partition);
    addCounts(summary.counts, committed.counts);
    summary.epochs++;
    const { partition, nextByInput } = committed;
    for (const { name: input, topic } of inputs)
      assignment?.committed?.(topic.name, partition, nextByInput[input] ?? 0);
    try {
      onCommit?.(committed);
    } catch (cause) {
      fail(cause);
      throw cause;
    }
  };
  const ended = (partition: number, { signal: released }: AbortController, cause: unknown) => {
    // Whoever has it now goes on from what is committed.
    if (released.aborted && (cause instanceof FencedError || !isLasting(cause))) return;
    if (!(cause instanceof FencedError)) return fail(cause);
    tasks.delete(partition);
    fenced.push(cause);
    onFenced?.(partition, cause);
    if (assignment?.isShared) void reclaim(partition).catch(fail);
    else if (unfinished === 1) fail(cause);
  };
  /**
   * Works on a partition again that another has taken over, unless it is taken from us by then, or
   * given to us anew. The other may have been late, or be dead, and nobody would have it.
   */
  const reclaim = async (partition: number) => {
    const losses = (lost.get(partition)?.losses ?? 0) + 1;
    const waiting = { losses, release: new AbortController() };
    lost.set(partition, waiting);
    const wait = Math.min(RECLAIM_AFTER_MOST, RECLAIM_AFTER * 2 ** (losses - 1));
    const until = AbortSignal.any([stopping, waiting.release.signal]);
    await clock.sleep(wait, until);
    if (!until.aborted) assigned(partition);
  };
  const assigned = (partition: number) => {
    if (tasks.has(partition)) return;
    unfinished++;
    const release = new AbortController();
    const until = AbortSignal.any([stopping, release.signal]);
    const taskOf = (task: Task<A, B> | undefined) => {
      if (task) running.set(partition, task);
      else running.delete(partition);
    };
    const finished = runPartition(job, {
      partition,
      signal: until,
      abort,
      report,
      tasks: () => unfinished,
      running: taskOf,
    })
      .catch((cause: unknown) => ended(partition, release, cause))
      .catch(fail)
      .finally(() => {
        unfinished--;
        if (unfinished === 0 && atEnd !== 'wait') stop.abort();
      });
    tasks.set(partition, { finished, release });
  };
  const revoked = async (partition: number) => {
    lost.get(partition)?.release.abort();
    lost.delete(partition);
    tasks.get(partition)?.release.abort();
    await tasks.get(partition)?.finished;
    tasks.delete(partition);
  };

  const listener = { assigned, revoked };
  // What ends has to have done all of it: others, with whom it would be shared, may have died.
  const joining =
    atEnd === 'wait'
      ? log.assign(name, topics, listener)
      : assignAll(topics, log.partitions, listener);
  const share = await Promise.race([joining, aborted(stopping)]);
  if (!share) {
    // Nobody waits for a group that is no longer wanted.
    joining.then((late) => late.close()).catch(() => {});
    abort.throwIfAborted();
    return summary;
  }
  assignment = share;
  share.ended.catch(fail);
  const finish = async () => {
    await aborted(stopping);
    await Promise.all([...tasks.values()].map(({ finished }) => finished));
    await share.close();
  };
  const finishing = finish();
  finishing.catch(() => {});
  await Promise.race([finishing, aborted(abort)]);
  abort.throwIfAborted();
  await finishing;
  if (failure) throw failure.cause;
  if (atEnd !== 'wait' && fenced[0]) throw fenced[0];
  return summary;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
