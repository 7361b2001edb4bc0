import type { Checkpoint } from './checkpoint.ts';
import type { EpochCommit, EpochOutput } from './epoch.ts';

/** Names a task for ever: a job, and the partition that it works on. */
export interface TaskId {
  readonly job: string;
  readonly partition: number;
  /** How many tasks the job has: one for each partition of its input. A job tells its sink. */
  readonly partitions?: number;
}

/**
 * Where results go. The sink also holds each task's checkpoint, beside the rows it accounts for,
 * so that both change in one transaction.
 *
 * Every implementation passes `sinkContract` of `@streamify/core/testing`.
 */
export interface Sink<T> {
  /** Takes ownership of a task under a new owner token, which fences whoever owned it before. */
  open(task: TaskId): Promise<SinkTask<T>>;
}

/** One owner's hold on a task. */
export interface SinkTask<T> {
  /** Where the task got to; `undefined` when it has never committed. */
  readonly checkpoint: Checkpoint | undefined;
  /** Why the sink could not store this element; `undefined` when it can. Called for each row as it is emitted. */
  refusal(element: T): string | undefined;
  /**
   * Commits an epoch: everything in one transaction, or nothing. A compare-and-set: the stored
   * epoch must be `commit.epoch - 1` and the owner token ours. After a lost reply the sink reads
   * back what happened; it never retries blindly.
   *
   * @throws FencedError when another owner has taken the task over.
   */
  commit(commit: EpochCommit, output: EpochOutput<T>): Promise<void>;
  close(): Promise<void>;
}
