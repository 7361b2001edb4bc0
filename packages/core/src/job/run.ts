import type { StateView } from '../state/state-view.ts';
import { checkJob } from './check-job.ts';
import type { Inputs, JobOptions, MergedJobOptions } from './job-options.ts';
import { JobRun } from './job-run.ts';
import type { JobSummary } from './run-outcome.ts';

/** A job that is under way. */
export interface RunningJob {
  /** Resolves or rejects at the end of the job, as the promise of `run` would. */
  readonly done: Promise<JobSummary>;
  /** The partitions that this process works on just now. */
  readonly partitions: readonly number[];
  /** The state of the task of a partition, to be read while it runs; `undefined` when it does not run. */
  state(partition: number): StateView | undefined;
  /** Ends the job once the open epoch is committed. */
  stop(): void;
}

/**
 * Runs a job: each partition of its topic goes through its own copy of the pipeline into the sink,
 * exactly once. A job that was stopped or killed goes on from its last commit.
 *
 * Resolves when the end of the log is reached (unless the job waits there) or `signal` fires, and all
 * is committed. When one partition fails, the others finish their epoch and the error is thrown.
 *
 * A partition that another owner has taken over ends alone, and the job works on it again if it still has
 * it after a while. A job that works on all partitions itself, as one does that ends at the end of the log
 * or has `partitions: 'all'`, throws a `FencedError` when another run of it has taken over its first
 * partition, or one of the others time and again: of two such runs the later one does the job.
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
  const run = new JobRun(job);
  return {
    done: run.run().finally(() => job.metrics?.ended?.(job.name)),
    get partitions() {
      return run.partitions;
    },
    state: (partition) => run.state(partition),
    stop: () => run.stop(),
  };
}
