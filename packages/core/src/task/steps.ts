import type { DeadLetter, ResultId } from '../contract/dead-letter.ts';
import type { Position } from '../contract/event.ts';
import type { TaskTables } from '../state/task-tables.ts';
import type { Arrival } from './arrival.ts';
import { EpochCollector } from './epoch-collector.ts';
import { TaskCalls } from './task-calls.ts';

/** A result waiting to be delivered, or the completion of its operator's output. */
export interface PendingResult {
  readonly result: ResultId | undefined;
  readonly operator: string;
}

/**
 * The steps of a task, one at a time: a step is an event, a result that an operator emits of its own,
 * or the result of a call. All that a step changes is here, so that it can be taken back: what it adds
 * to the epoch, state, results that wait, and calls to be made.
 */
export class Steps<B> {
  readonly epoch = new EpochCollector<B>();
  readonly calls = new TaskCalls(this);
  /** What operators have emitted of their own, in that order. */
  readonly pending: PendingResult[] = [];
  readonly #tables: TaskTables;
  #pendingBefore = 0;
  #arrival: Arrival | undefined;
  #result: ResultId | undefined;

  constructor(tables: TaskTables) {
    this.#tables = tables;
  }

  /** Says what the next steps are of: a record, and one of the results that it caused. */
  isOf(arrival: Arrival | undefined, result?: ResultId): void {
    this.#arrival = arrival;
    this.#result = result;
  }

  /** The record being processed. */
  get arrival(): Arrival {
    return this.#arrival as Arrival;
  }

  /** The result being processed; `undefined` when it is the event itself. */
  get result(): ResultId | undefined {
    return this.#result;
  }

  /** The event that causes what is emitted now. */
  get cause(): Position {
    return this.arrival.position;
  }

  start(): void {
    this.#pendingBefore = this.pending.length;
    this.epoch.startStep();
    this.#tables.startStep();
    this.calls.startStep();
  }

  keep(): void {
    this.epoch.keepStep();
    this.calls.keepStep();
  }

  /** Takes the step back. */
  undo(): void {
    this.epoch.undoStep();
    this.#undoRest();
  }

  /** Takes the step back but for its first dead letter, which stands for all of it. */
  giveUp(): void {
    this.epoch.giveUpStep();
    this.#undoRest();
  }

  /** Makes what is being processed a dead letter. */
  deadLetter(operator: string, cause: unknown, result = this.#result): void {
    const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
    this.epoch.addDeadLetter(this.letter(operator, message, stack, result));
  }

  letter(
    operator: string,
    reason: string,
    stack: string | undefined,
    result = this.#result,
  ): DeadLetter {
    const { record, position, schemaId } = this.arrival;
    const { key, value: raw, headers = {}, loggedAt } = record;
    return { position, key, raw, headers, schemaId, loggedAt, operator, result, reason, stack };
  }

  #undoRest(): void {
    this.pending.length = this.#pendingBefore;
    this.#tables.undoStep();
    this.calls.undoStep();
  }
}
