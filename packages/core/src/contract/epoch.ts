import type { StateChange } from './checkpoint.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Position } from './event.ts';

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
