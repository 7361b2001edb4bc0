import type { Checkpoint, StateChange } from '../engine/checkpoint.ts';
import type { Position } from '../event.ts';
import type { Headers } from '../log/event-log.ts';

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

/** What one epoch changes in the task's checkpoint. */
export interface EpochCommit {
  /** 1 for a task's first epoch, then one more each time. */
  readonly epoch: number;
  /** First offset not yet accounted for, by input. */
  readonly next: Readonly<Record<string, number>>;
  /** How far event time has come in the task, in epoch milliseconds; `-Infinity` before its first event. */
  readonly watermark: number;
  /** Describes the pipeline's states, so that a changed one is noticed. */
  readonly pipeline: string;
  /** `undefined` when no state changed. */
  readonly state: StateChange | undefined;
}

/** All that one epoch gave. `causes[i]` is the event that caused `rows[i]`. */
export interface EpochOutput<T> {
  readonly rows: readonly T[];
  readonly causes: readonly Position[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** How many of what this epoch saw: `in`, `out`, `dead`, and what operators count. Sinks add them up. */
  readonly counts: Readonly<Record<string, number>>;
}

/** An element of a side output, such as a late event. */
export interface SideElement {
  readonly output: string;
  readonly element: unknown;
  readonly cause: Position;
}

/** An event, or a result, that could not be digested. Nothing of it is lost. */
export interface DeadLetter {
  /** The event that was being processed. */
  readonly position: Position;
  readonly key: string;
  /** The record's bytes as they stand in the log. */
  readonly raw: Uint8Array;
  readonly headers: Headers;
  readonly schemaId: number | undefined;
  readonly loggedAt: number;
  /** Who refused it: `decode`, an operator, `pipeline` or `sink`. */
  readonly operator: string;
  /** The result that failed, when it was not the event itself. */
  readonly result: ResultId | undefined;
  readonly reason: string;
  readonly stack: string | undefined;
}

/** Names a result that no single event stands for, such as a closed window. */
export interface ResultId {
  readonly operator: string;
  readonly key: string;
  /** Distinguishes results of one key: the start of a window, in epoch milliseconds. */
  readonly at: number;
  /** The result itself. */
  readonly value: unknown;
}
