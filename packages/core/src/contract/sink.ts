import type { Checkpoint } from './checkpoint.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { EpochCommit, EpochOutput } from './epoch.ts';

/** Names a task for ever: a job, and the partition that it works on. */
export interface TaskId {
  readonly job: string;
  readonly partition: number;
  /** How many tasks the job has: one for each partition of its input. A job tells its sink. */
  readonly partitions?: number;
}

/** Sinks of named outputs by the outputs' names, all of one store. */
export type NamedSinks = ReadonlyMap<string, Sink<never>>;

/**
 * A destination of results: one table or topic of a store. The store also holds each task's checkpoint,
 * beside the rows it accounts for, so that both change in one transaction.
 *
 * Every implementation passes `sinkContract` of `@streamify/core/testing`.
 */
export interface Sink<T> {
  /**
   * The database, the folder, or the log with its checkpoints that commits as a whole: sinks with the
   * same store (by `===`) take the outputs of one job in one transaction.
   */
  readonly store: unknown;
  /**
   * Names the table or topic within its store, the same for ever: two that are different ones have different
   * names. Checkpoints say it, so that a job is refused that would go on into another one.
   */
  readonly target: string;
  /**
   * Takes ownership of a task under a new owner token, which fences whoever owned it before. The
   * rows of the main stream come here, those of named outputs go to the sinks in `named`.
   *
   * @throws OptionError when two outputs go to one place in forms that do not agree.
   */
  readonly open: (task: TaskId, named?: NamedSinks) => Promise<SinkTask<T>>;
  /**
   * The dead letters of a job that are committed and still open, by partition and position: those that
   * `redrive` takes. A letter that was re-driven is closed: kept, and no longer given.
   */
  readonly deadLetters: (job: string) => Promise<readonly DeadLetter[]>;
}

/** One owner's hold on a task. */
export interface SinkTask<T> {
  /** The checkpoint that the task goes on from; `undefined` when it has never committed. */
  readonly checkpoint: Checkpoint | undefined;
  /** Says why the sink could not store this row; `undefined` when it can. Called for each row as it is emitted. */
  readonly refusal: (row: T) => string | undefined;
  /** Says why the sink of a named output could not store this row; `undefined` when it can. */
  readonly refusalOf: (output: string, row: unknown) => string | undefined;
  /**
   * Commits an epoch: everything in one transaction, or nothing. A compare-and-set: the stored
   * epoch must be `commit.epoch - 1` and the owner token ours. After a lost reply the sink reads
   * back what happened; it never retries blindly.
   *
   * @throws FencedError when another owner has taken the task over.
   */
  readonly commit: (commit: EpochCommit, output: EpochOutput<T>) => Promise<void>;
  readonly close: () => Promise<void>;
}
