import { Observable, Subject, type Subscriber, Subscription } from 'rxjs';
import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import type { StateChange } from '../contract/checkpoint.ts';
import type { DeadLetter, ResultId } from '../contract/dead-letter.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import { PipelineError } from '../contract/errors.ts';
import type { Position, StreamEvent } from '../contract/event.ts';
import type { LogRecord } from '../contract/event-log.ts';
import { withHost } from '../operator-kit/current-host.ts';
import type { Emitter } from '../operator-kit/emitter.ts';
import type { OperatorHost } from '../operator-kit/operator-host.ts';
import { StateTable } from '../state/state-table.ts';
import type { StateView } from '../state/state-view.ts';
import { TaskTables } from '../state/task-tables.ts';
import { EpochCollector } from './epoch-output.ts';
import { EventTime } from './event-time.ts';
import type { Pipeline } from './pipeline.ts';

/** A record together with what is known of it before it is decoded. */
export interface Arrival {
  readonly record: LogRecord;
  readonly position: Position;
  readonly schemaId: number | undefined;
}

/** What an epoch gave, and how it changed the task's saved state. */
export interface TaskEpoch<B> {
  readonly output: EpochOutput<B>;
  readonly state: StateChange | undefined;
}

/** What became of a dead letter that was tried again. */
export type Redriven = 'done' | 'done before' | 'dead again';

export interface TaskOptions<A, B> {
  readonly pipeline: Pipeline<A, B>;
  /** Why the sink could not store a row. */
  readonly refusal?: (row: B) => string | undefined;
  /** How far an event's time may be ahead of its append to the log, in milliseconds. Default: any. */
  readonly maxFutureSkew?: number;
}

/** A result waiting to be delivered, or the completion of its operator's output. */
interface Pending {
  readonly result: ResultId | undefined;
  readonly operator: string;
}

interface Failure {
  readonly cause: unknown;
}

/**
 * Runs one pipeline over the events of one partition, one step after another: a step is an event,
 * or a result that an operator emits of its own. A step that throws is undone and becomes a dead
 * letter; the pipeline is subscribed again and goes on. The cost is linear in the failed steps.
 */
export class Task<A, B> implements OperatorHost {
  readonly #pipeline: Pipeline<A, B>;
  readonly #refusal: (row: B) => string | undefined;
  readonly #maxFutureSkew: number;
  readonly #time = new EventTime();
  readonly #redriven = new StateTable('task.redriven', { recording: true });
  readonly #tables = new TaskTables([this.#time.table, this.#redriven]);
  readonly #outputs = new Map<string, Subscriber<unknown>>();
  readonly #epoch = new EpochCollector<B>();
  #followers: ((time: number) => void)[] = [];

  #input = new Subject<StreamEvent<A>>();
  #subscription = Subscription.EMPTY;
  #sources = 0;
  #completed = false;
  #failure: Failure | undefined;
  #fatal: PipelineError | undefined;
  #open = false;
  #pending: Pending[] = [];

  #arrival: Arrival | undefined;
  #result: ResultId | undefined;

  /** @throws PipelineError when the pipeline cannot be subscribed as a task's must be. */
  constructor({
    pipeline,
    refusal = () => undefined,
    maxFutureSkew = Number.POSITIVE_INFINITY,
  }: TaskOptions<A, B>) {
    this.#pipeline = pipeline;
    this.#refusal = refusal;
    this.#maxFutureSkew = maxFutureSkew;
    this.#start();
  }

  /** Describes the states: their names and what their content depends on. */
  get signature(): string {
    return this.#tables.signature;
  }

  /** Goes on from saved state, as its sink gave it back. Operators find it there when they are subscribed. */
  restore(state: readonly Uint8Array[]): void {
    this.#tables.restore(state);
    this.#time.restored();
    this.#start();
  }

  /** The newest event time, or what the topic carries instead; `-Infinity` at first. */
  get watermark(): number {
    return this.#time.watermark;
  }

  /** What its operators remember, to be read from outside. */
  get view(): StateView {
    return this.#tables.view;
  }

  /** The first dead letter of the open epoch. */
  get firstDead(): DeadLetter | undefined {
    return this.#epoch.firstDead;
  }

  /** How many records, and how many dead letters, the open epoch has seen. */
  get seen(): { readonly records: number; readonly dead: number } {
    return { records: this.#epoch.countOf('in'), dead: this.#epoch.dead };
  }

  /** Runs `work`, which pushes records; operators belong to this task meanwhile. */
  run(work: () => void): void {
    this.#open = true;
    try {
      withHost({ host: this, subscribing: false }, work);
    } finally {
      this.#open = false;
    }
    this.check();
  }

  /** Pushes an event depth first: when it returns, all that follows from it is done. Only inside `run`. */
  push(event: StreamEvent<A>, arrival: Arrival): void {
    this.#arrival = arrival;
    this.#epoch.tally('in');
    const failure = this.#step(() => this.#input.next(event), true);
    if (failure) this.#bury('pipeline', failure.cause);
    else {
      this.#time.observe(event.time);
      if (this.#pending.length > 0) this.#deliverPending();
    }
    if (this.#completed)
      this.#fatal ??= new PipelineError(
        'the pipeline completed while events go on: an operator such as take or first ends it',
      );
  }

  /**
   * Does again, once, what became the dead letter `id`: an event, or the result of an operator. What
   * fails again is left as it is, and no second letter is made of it. Only inside `run`.
   */
  redrive(id: string, again: StreamEvent<A> | ResultId, arrival: Arrival): Redriven {
    if (this.#redriven.get(0, id) !== undefined) return 'done before';
    this.#arrival = arrival;
    const isEvent = 'position' in again;
    this.#result = isEvent ? undefined : again;
    const failure = this.#step(() => {
      if (isEvent) this.#input.next(again);
      else this.#outputs.get(again.operator)?.next(again.value);
      if (this.#epoch.isGivenUp) this.#fail(this.#epoch.firstDead?.reason);
      this.#redriven.set(0, id, true);
      this.#epoch.count('redriven');
    });
    this.#result = undefined;
    if (failure) return 'dead again';
    this.#deliverPending();
    return 'done';
  }

  /** Counts a record that could not even become an event. Only inside `run`. */
  pushDead(arrival: Arrival, operator: string, cause: unknown): void {
    this.#arrival = arrival;
    this.#epoch.tally('in');
    this.#bury(operator, cause);
  }

  /** Takes in how far a writer of the topic has come; operators hear of it when the slowest has moved. Only inside `run`. */
  pushWatermark(carried: CarriedWatermark, arrival: Arrival): void {
    this.#arrival = arrival;
    const before = this.#time.isCarried ? this.watermark : Number.NEGATIVE_INFINITY;
    this.#step(() => this.#time.report(carried));
    if (this.watermark > before) this.#advance();
  }

  /** Moves event time to `time` by the clock, unless the topic carries it. Only inside `run`. */
  advanceTo(time: number, arrival: Arrival): void {
    if (this.#time.isCarried || !(time > this.watermark)) return;
    this.#arrival = arrival;
    this.#step(() => this.#time.moveTo(time));
    this.#advance();
  }

  /** Completes the pipeline: operators emit what they hold. `arrival` is the last record there was. Only inside `run`. */
  complete(arrival: Arrival): void {
    this.#arrival = arrival;
    let dead: number;
    do {
      // A failed result leaves a new pipeline, of which some part may not know yet that its source has ended.
      dead = this.#epoch.dead;
      const failure = this.#step(() => this.#input.complete());
      if (failure) this.#fatal ??= asPipelineError('threw when its events ended', failure.cause);
      this.#deliverPending();
    } while (!this.#completed && !this.#fatal && this.#epoch.dead > dead);
    if (!this.#completed)
      this.#fatal ??= new PipelineError(
        'the pipeline did not complete when its events ended: an operator such as delay or debounceTime holds some back',
      );
  }

  /** @throws PipelineError when the pipeline has done what no checkpoint covers, such as emitting between epochs. */
  check(): void {
    if (this.#fatal) throw this.#fatal;
  }

  /** Unsubscribes the pipeline. */
  close(): void {
    this.#subscription.unsubscribe();
  }

  /** Ends the epoch and hands over what it gave. */
  takeEpoch(): TaskEpoch<B> {
    this.check();
    const output = this.#epoch.take();
    return { output, state: this.#tables.takeChange() };
  }

  table(name: string, signature: string): StateTable {
    return this.#tables.claim(name, signature);
  }

  putAside(output: string, element: unknown): void {
    this.#epoch.putAside({ output, element, cause: this.#cause() });
  }

  reject(operator: string, reason: string): void {
    this.#epoch.bury(this.#letter(operator, reason, undefined));
  }

  count(name: string): void {
    this.#epoch.count(name);
  }

  get isTimeCarried(): boolean {
    return this.#time.isCarried;
  }

  followTime(advance: (time: number) => void): void {
    this.#followers.push(advance);
  }

  refusalOfTime(time: number, loggedAt: number): string | undefined {
    if (!(time > loggedAt + this.#maxFutureSkew)) return undefined;
    const hours = ((time - loggedAt) / 3_600_000).toFixed(1);
    return `event time ${time} is ${hours} hours ahead of its append to the log, more than maxFutureSkew allows`;
  }

  emitter<T>(operator: string, output: Subscriber<T>): Emitter<T> {
    this.#outputs.set(operator, output as Subscriber<unknown>);
    return {
      next: (key, at, value) =>
        this.#pending.push({ operator, result: { operator, key, at, value } }),
      complete: () => this.#pending.push({ operator, result: undefined }),
    };
  }

  /**
   * Does one piece of work, all of it or nothing. After a failure the pipeline is a new one.
   *
   * @param canBeGivenUp whether a dead letter in it stands for all of it.
   */
  #step(work: () => void, canBeGivenUp = false): Failure | undefined {
    const pending = this.#pending.length;
    this.#epoch.startStep();
    this.#tables.startStep();
    work();
    const failure = this.#failure;
    if (!failure) {
      if (canBeGivenUp && this.#epoch.isGivenUp) this.#giveUpStep(pending);
      else this.#epoch.keepStep();
      return undefined;
    }
    this.#epoch.undoStep();
    this.#pending.length = pending;
    this.#tables.undoStep();
    this.#subscribe();
    const again = this.#failure as Failure | undefined;
    if (again) this.#fatal ??= asPipelineError('threw while it was subscribed again', again.cause);
    return failure;
  }

  /** An event or a result that was rejected, or refused by the sink, leaves nothing behind but its letter. */
  #giveUpStep(pending: number): void {
    this.#epoch.giveUpStep();
    this.#pending.length = pending;
    this.#tables.undoStep();
  }

  /** Tells operators how far event time has come, each upstream of the next: pipelines are subscribed from their end. */
  #advance(): void {
    for (let i = this.#followers.length - 1; i >= 0 && !this.#fatal; i--) {
      const failure = this.#step(() => {
        try {
          this.#followers[i]?.(this.watermark);
        } catch (cause) {
          this.#fail(cause);
        }
      });
      if (failure) this.#fatal ??= asPipelineError('threw when event time advanced', failure.cause);
      this.#deliverPending();
    }
  }

  /** Delivers what operators emitted of their own, and what follows from that, in the order of emission. */
  #deliverPending(): void {
    for (let i = 0; i < this.#pending.length && !this.#fatal; i++) {
      const { operator, result } = this.#pending[i] as Pending;
      this.#result = result;
      const failure = this.#step(() => {
        const output = this.#outputs.get(operator);
        if (result) output?.next(result.value);
        else output?.complete();
      }, result !== undefined);
      if (failure && result) this.#bury('pipeline', failure.cause);
      else if (failure)
        this.#fatal ??= asPipelineError('threw when its events ended', failure.cause);
    }
    this.#result = undefined;
    this.#pending.length = 0;
  }

  #start(): void {
    this.#subscribe();
    this.check();
    if (this.#failure) throw asPipelineError('threw while it was subscribed', this.#failure.cause);
    if (this.#sources !== 1)
      throw new PipelineError(
        `the pipeline subscribed to its events ${this.#sources} times, which must be once: use share or connect to branch`,
      );
    if (this.#completed) throw new PipelineError('the pipeline completed before its first event');
  }

  #subscribe(): void {
    this.#subscription.unsubscribe();
    this.#failure = undefined;
    this.#completed = false;
    this.#sources = 0;
    this.#tables.release();
    this.#outputs.clear();
    this.#followers = [];
    const input = new Subject<StreamEvent<A>>();
    this.#input = input;
    const events$ = new Observable<StreamEvent<A>>((subscriber) => {
      this.#sources++;
      return input.subscribe(subscriber);
    });
    withHost({ host: this, subscribing: true }, () => {
      try {
        this.#subscription = this.#pipeline(events$).subscribe({
          next: (row) => this.#emit(row),
          error: (cause) => this.#fail(cause),
          complete: () => {
            this.#completed = true;
          },
        });
      } catch (cause) {
        this.#fail(cause);
      }
    });
  }

  #emit(row: B): void {
    if (row === undefined || !this.#open) {
      this.#fatal ??= new PipelineError(
        row === undefined
          ? 'the pipeline emitted undefined: a map without a return value?'
          : 'the pipeline emitted outside an epoch: operators such as delay, debounceTime and startWith cannot be checkpointed',
      );
      return;
    }
    let refused: string | undefined;
    try {
      refused = this.#refusal(row);
    } catch (cause) {
      // RxJS would throw it later, where nobody can catch it.
      this.#fail(cause);
      return;
    }
    if (refused !== undefined) {
      this.#epoch.bury(this.#letter('sink', refused, undefined));
      return;
    }
    this.#epoch.addRow(row, this.#cause());
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    // The pipeline is wrong, not the event.
    if (cause instanceof PipelineError) this.#fatal ??= cause;
  }

  #cause(): Position {
    return (this.#arrival as Arrival).position;
  }

  #bury(operator: string, cause: unknown): void {
    const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
    this.#epoch.bury(this.#letter(operator, message, stack));
  }

  #letter(operator: string, reason: string, stack: string | undefined): DeadLetter {
    const { record, position, schemaId } = this.#arrival as Arrival;
    const { key, value: raw, headers = {}, loggedAt } = record;
    const result = this.#result;
    return { position, key, raw, headers, schemaId, loggedAt, operator, result, reason, stack };
  }
}

function asPipelineError(what: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(`the pipeline ${what}: ${message}`, { cause });
}
