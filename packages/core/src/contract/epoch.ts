import type { StateChange } from './checkpoint.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Position } from './event.ts';

/** The change that one epoch makes to the task's checkpoint. */
export interface EpochCommit {
  /** 1 for a task's first epoch, then one more each time. */
  readonly epoch: number;
  /** First offset not yet accounted for, by input. */
  readonly next: Readonly<Record<string, number>>;
  /** The ids of the topics that these offsets are of, by input; without those that the log could not tell. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** How far event time has come in the task, in epoch milliseconds; `-Infinity` before its first event. */
  readonly watermark: number;
  /** Describes the pipeline's states and where its rows go, so that a change is noticed. Opaque to the sink. */
  readonly pipeline: string;
  /** `undefined` when no state changed. */
  readonly state: StateChange | undefined;
}

/** Rows of one output: `causes[i]` is the event that caused `rows[i]`. */
export interface OutputRows<T> {
  readonly rows: readonly T[];
  readonly causes: readonly Position[];
}

/** All results of one epoch. Its own rows are those of the pipeline's main stream. */
export interface EpochOutput<T> extends OutputRows<T> {
  /** Rows of named outputs that have a sink; an output that gave none is left out. */
  readonly named: ReadonlyMap<string, OutputRows<unknown>>;
  /** Elements of outputs that are kept as JSON. */
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** Dead letters of earlier epochs that this one has processed, and closes, as `letterId` names them. */
  readonly redriven: readonly string[];
  /** Counts of this epoch: `in`, `out`, `dead`, and those of operators. Sinks add them up. */
  readonly counts: Readonly<Record<string, number>>;
}

/** An element of an output that is kept as JSON, such as a late event. */
export interface SideElement {
  readonly output: string;
  readonly element: unknown;
  readonly cause: Position;
}
