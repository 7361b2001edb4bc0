import type { Observable } from 'rxjs';
import type { StreamEvent } from '../contract/event.ts';
import type { Topic } from '../contract/event-log.ts';
import type { MetricsReporter } from '../contract/metrics.ts';
import type { OutputRoute } from '../contract/output.ts';
import type { RetryOptions } from '../contract/retry-options.ts';
import type { NamedSinks, Sink } from '../contract/sink.ts';
import type { StateStore } from '../contract/state-store.ts';
import type { Input } from '../task/input.ts';
import type { Pipeline } from '../task/pipeline.ts';
import type { Clock } from './clock.ts';
import type { CommitReport } from './commit-queue.ts';
import type { RetryReport } from './retry-report.ts';
import type { StartAt } from './start-at.ts';

/** Bounds of an epoch, which ends at the first that it reaches. */
export interface EpochBounds {
  /**
   * Default: 20,000, shared among the partitions that the process works on, and at least 1,000 each,
   * so that memory does not grow with them.
   */
  readonly maxRecords?: number;
  /** Bytes of keys and values. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds since its start. Default 1,000. */
  readonly maxWait?: number;
}

/** Options of every job, whether it reads one topic or several. */
export interface JobSettings<B> {
  /** Names the job for ever: its checkpoints are found by it. */
  readonly name: string;
  /** Where the rows of the pipeline's main stream go. */
  readonly into: Sink<B>;
  /** Where the elements of its named outputs go, each said once: sinks of the same store as `into`, or kept as JSON. */
  readonly outputs?: readonly OutputRoute[];
  /**
   * Which partitions this process works on, where the log shares them among processes: its share
   * (`shared`, default), or `all`, for a job that one process has to do by itself. A job that ends at
   * the end of the log works on all unless it says `shared`: then each process ends once its share is done,
   * those that are left get the rest, and all is done when all of them have ended well.
   */
  readonly partitions?: 'shared' | 'all';
  /**
   * What to do at the end of the log: `wait` for more (default), `stop` at what the log held when
   * the job started, or stop there and `complete` the pipeline, which closes windows.
   */
  readonly atEnd?: 'wait' | 'stop' | 'complete';
  /** Where a task starts that has no checkpoint yet. Default `earliest`. */
  readonly startAt?: StartAt;
  /**
   * What to do with records that were deleted, by retention for one, before the job had read them: `fail`
   * (default), or `skip` them, keep the state and count their offsets as `skipped`.
   */
  readonly onGap?: 'fail' | 'skip';
  /**
   * What to do when a topic was deleted and made again since the job's last commit: `fail` (default), or
   * `restart` it from `startAt` on, keep the state and count it as `recreated`.
   */
  readonly onRecreatedTopic?: 'fail' | 'restart';
  readonly epoch?: EpochBounds;
  /** Where large parts of saved state go, in place of the sink's checkpoint. Default: nowhere else. */
  readonly stateStore?: StateStore;
  /**
   * What to do when the sink or the log fails: `fail` (default) ends the job, `retry` waits and goes
   * on from the last commit. Errors that no second try could mend end the job all the same.
   */
  readonly onError?: 'fail' | { readonly retry: RetryOptions };
  /** Whether an event that cannot be processed becomes a `dead-letter` (default), or the job has to `fail` before anything of its epoch is committed. */
  readonly onPoison?: 'dead-letter' | 'fail';
  /** Largest share of events that may become dead letters, looked at after the first 1,000. Default 0.5. */
  readonly maxDeadShare?: number;
  /**
   * How far an event's time may be ahead of its append to the log, in milliseconds: one that is further
   * ahead becomes a dead letter. One that is ahead moves event time no further than its append, and is
   * counted as `ahead`, so that a producer whose clock is fast makes nobody else late. `Infinity` says
   * that the two have nothing to do with each other, as in simulated or imported history. An event whose
   * record has no time of its append (0 or less) is not checked, but counted as `unstamped`. Default one day.
   */
  readonly maxFutureSkew?: number;
  /**
   * After how many milliseconds without an event the clock moves event time on, to so many before
   * now; each move is committed. Only for events that are stamped by the present clock, and only
   * in a job that waits for more. It also lets a job with several inputs go on without a quiet one.
   * Default: never.
   */
  readonly idleAfter?: number;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Ends the job once the open epoch is committed. */
  readonly signal?: AbortSignal;
  /** Ends the job at once, with the signal's reason; the next run does again what was not committed. */
  readonly abort?: AbortSignal;
  /** Takes the measurements of each task at its commits. */
  readonly metrics?: MetricsReporter;
  /** Called after each commit. */
  readonly onCommit?: (report: CommitReport) => void;
  /** Called before each wait for another try. */
  readonly onRetry?: (report: RetryReport) => void;
  /** Called when another owner has taken a partition over; the job's other partitions go on. */
  readonly onFenced?: (partition: number, cause: Error) => void;
}

/** A job that reads one topic. */
export interface JobOptions<A, B> extends JobSettings<B> {
  readonly from: Topic<A>;
  readonly through: Pipeline<A, B>;
}

/** Topics of one log by the name of the input; they have equally many partitions, and share their keys. */
export type Inputs = Readonly<Record<string, Topic<never>>>;

type ValueOf<T> = T extends { publish(values: readonly (infer V)[]): Promise<void> } ? V : never;

/** An event of any of the inputs: `input` says of which, and so tells its type. */
export type InputEvent<I extends Inputs> = {
  [K in keyof I & string]: StreamEvent<ValueOf<I[K]>> & { readonly input: K };
}[keyof I & string];

/**
 * A job that reads several topics, merged by event time, then name of the input, then offset: the
 * order depends on nothing else.
 */
export interface MergedJobOptions<I extends Inputs, B> extends JobSettings<B> {
  readonly from: I;
  readonly through: (events$: Observable<InputEvent<I>>) => Observable<B>;
}

/** A job as its tasks see it. */
export interface Job<A, B> extends JobSettings<B> {
  /** By ascending name. */
  readonly inputs: readonly [Input<A>, ...Input<A>[]];
  readonly through: Pipeline<A, B>;
  /** Sinks of named outputs. */
  readonly named: NamedSinks;
}
