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
 * or the result of a call. All changes of a step are made here, so that they can be taken back: to the
 * epoch, to state, to results that wait, and to calls to be made.
 */
export class Steps<B> {
  readonly epoch = new EpochCollector<B>();
  readonly calls = new TaskCalls(this);
  /** Results that operators have emitted of their own, in the order of emission. */
  readonly pending: PendingResult[] = [];
  readonly #tables: TaskTables;
  #pendingBefore = 0;
  #arrival: Arrival | undefined;
  #result: ResultId | undefined;
  #time = Number.NaN;
  #isKept = false;

  constructor(tables: TaskTables) {
    this.#tables = tables;
  }

  /**
   * Says what the next steps are of: a record, and one of the results that it caused.
   *
   * @param time of the event that is not digested before this step is kept; `NaN` where there is none.
   */
  isOf(arrival: Arrival | undefined, result?: ResultId, time = Number.NaN): void {
    this.#arrival = arrival;
    this.#result = result;
    this.#time = time;
  }

  /** The record being processed. */
  get arrival(): Arrival {
    return this.#arrival as Arrival;
  }

  /** The result being processed; `undefined` when it is the event itself. */
  get result(): ResultId | undefined {
    return this.#result;
  }

  /** The time of the event that is being digested; `NaN` where there is none. */
  get time(): number {
    return this.#time;
  }

  /** Whether the last step has digested its event: it was kept, and made no call that could still fail. */
  get isDigested(): boolean {
    return this.#isKept && !this.calls.hasAsked;
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
    this.#isKept = true;
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

  /** Makes a dead letter of the event or result being processed. */
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
    this.#isKept = false;
    this.pending.length = this.#pendingBefore;
    this.#tables.undoStep();
    this.calls.undoStep();
  }
}
