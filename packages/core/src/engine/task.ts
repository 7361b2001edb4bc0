import { Observable, Subject, type Subscriber, Subscription } from 'rxjs';
import { PipelineError, StateMismatchError } from '../errors.ts';
import type { Position, StreamEvent } from '../event.ts';
import type { LogRecord } from '../log/event-log.ts';
import type { DeadLetter, EpochOutput, ResultId, SideElement } from '../sink/sink.ts';
import type { StateChange } from './checkpoint.ts';
import { type Emitter, type OperatorHost, withHost } from './host.ts';
import type { Pipeline } from './pipeline.ts';
import { decodeState, encodeState } from './state-encoding.ts';
import { StateTable, type TableChange } from './state-table.ts';

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

/** A snapshot replaces the journals once these have grown to this many bytes, and to twice the last snapshot. */
const MIN_JOURNAL_BYTES = 4 * 1024 * 1024;
/** It does so as well once there are this many of them, however small. */
const MAX_JOURNALS = 1_000;

/**
 * Runs one pipeline over the events of one partition, one step after another: a step is an event,
 * or a result that an operator emits of its own. A step that throws is undone and becomes a dead
 * letter; the pipeline is subscribed again and goes on. The cost is linear in the failed steps.
 */
export class Task<A, B> implements OperatorHost {
  readonly #pipeline: Pipeline<A, B>;
  readonly #refusal: (row: B) => string | undefined;
  readonly #maxFutureSkew: number;
  readonly #tables: StateTable[] = [];
  readonly #signatures = new Map<string, string>();
  readonly #claimed = new Set<string>();
  readonly #outputs = new Map<string, Subscriber<unknown>>();

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

  #rows: B[] = [];
  #causes: Position[] = [];
  #aside: SideElement[] = [];
  #dead: DeadLetter[] = [];
  #counted: string[] = [];
  #counts: Record<string, number> = {};

  #journals = 0;
  #journalBytes = 0;
  #snapshotBytes = 0;

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
    const states = [...this.#signatures].map(([name, signature]) => `${name}(${signature})`);
    return states.sort().join(' ');
  }

  /** Goes on from saved state, as its sink gave it back. Operators find it there when they are subscribed. */
  restore(state: readonly Uint8Array[]): void {
    for (const bytes of state) {
      const { kind, changes } = decodeState(bytes);
      if (kind === 'snapshot') {
        this.#snapshotBytes = bytes.length;
        this.#journalBytes = 0;
        this.#journals = 0;
      } else {
        this.#journalBytes += bytes.length;
        this.#journals++;
      }
      for (const change of changes) {
        const table = this.#tables.find(({ name }) => name === change.table);
        if (!table)
          throw new StateMismatchError(`saved state ${change.table} belongs to no operator`);
        table.restore(change);
      }
    }
    this.#start();
  }

  /** How many records, and how many dead letters, the open epoch has seen. */
  get seen(): { readonly records: number; readonly dead: number } {
    return { records: this.#counts['in'] ?? 0, dead: this.#dead.length };
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
    this.#tally('in');
    const failure = this.#step(() => this.#input.next(event));
    if (failure) this.#bury('pipeline', failure.cause);
    else if (this.#pending.length > 0) this.#deliverPending();
    if (this.#completed)
      this.#fatal ??= new PipelineError(
        'the pipeline completed while events go on: an operator such as take or first ends it',
      );
  }

  /** Counts a record that could not even become an event. Only inside `run`. */
  pushDead(arrival: Arrival, operator: string, cause: unknown): void {
    this.#arrival = arrival;
    this.#tally('in');
    this.#bury(operator, cause);
  }

  /** Completes the pipeline: operators emit what they hold. `arrival` is the last record there was. Only inside `run`. */
  complete(arrival: Arrival): void {
    this.#arrival = arrival;
    let dead: number;
    do {
      // A failed result leaves a new pipeline, of which some part may not know yet that its source has ended.
      dead = this.#dead.length;
      const failure = this.#step(() => this.#input.complete());
      if (failure) this.#fatal ??= asPipelineError('threw when its events ended', failure.cause);
      this.#deliverPending();
    } while (!this.#completed && !this.#fatal && this.#dead.length > dead);
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
    const counts = this.#counts;
    if (this.#rows.length > 0) counts['out'] = this.#rows.length;
    if (this.#dead.length > 0) counts['dead'] = this.#dead.length;
    const output = {
      rows: this.#rows,
      causes: this.#causes,
      aside: this.#aside,
      dead: this.#dead,
      counts,
    };
    this.#rows = [];
    this.#causes = [];
    this.#aside = [];
    this.#dead = [];
    this.#counts = {};
    return { output, state: this.#takeState() };
  }

  table(name: string, signature: string): StateTable {
    if (this.#claimed.has(name))
      throw new PipelineError(`two states are called ${name}: give one of their operators a name`);
    this.#claimed.add(name);
    this.#signatures.set(name, signature);
    const existing = this.#tables.find((table) => table.name === name);
    if (existing) return existing;
    const created = new StateTable(name, { recording: true });
    this.#tables.push(created);
    return created;
  }

  putAside(output: string, element: unknown): void {
    this.#aside.push({ output, element, cause: this.#cause() });
  }

  reject(operator: string, reason: string): void {
    this.#dead.push(this.#letter(operator, reason, undefined));
  }

  count(name: string): void {
    this.#counted.push(name);
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

  /** Does one piece of work, all of it or nothing. After a failure the pipeline is a new one. */
  #step(work: () => void): Failure | undefined {
    const [rows, aside, dead] = [this.#rows.length, this.#aside.length, this.#dead.length];
    const pending = this.#pending.length;
    const tables = this.#tables;
    for (let i = 0; i < tables.length; i++) tables[i]?.startStep();
    work();
    const failure = this.#failure;
    if (!failure) {
      if (this.#counted.length > 0) for (const name of this.#counted.splice(0)) this.#tally(name);
      return undefined;
    }
    this.#rows.length = rows;
    this.#causes.length = rows;
    this.#aside.length = aside;
    this.#dead.length = dead;
    this.#pending.length = pending;
    this.#counted.length = 0;
    for (const table of tables) table.undoStep();
    this.#subscribe();
    const again = this.#failure as Failure | undefined;
    if (again) this.#fatal ??= asPipelineError('threw while it was subscribed again', again.cause);
    return failure;
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
      });
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
    this.#claimed.clear();
    this.#outputs.clear();
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
      this.#dead.push(this.#letter('sink', refused, undefined));
      return;
    }
    this.#rows.push(row);
    this.#causes.push(this.#cause());
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    // The pipeline is wrong, not the event.
    if (cause instanceof PipelineError) this.#fatal ??= cause;
  }

  #tally(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  #cause(): Position {
    return (this.#arrival as Arrival).position;
  }

  #bury(operator: string, cause: unknown): void {
    const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
    this.#dead.push(this.#letter(operator, message, stack));
  }

  #letter(operator: string, reason: string, stack: string | undefined): DeadLetter {
    const { record, position, schemaId } = this.#arrival as Arrival;
    const { key, value: raw, headers = {}, loggedAt } = record;
    const result = this.#result;
    return { position, key, raw, headers, schemaId, loggedAt, operator, result, reason, stack };
  }

  #takeState(): StateChange | undefined {
    const changes: TableChange[] = [];
    for (const table of this.#tables) {
      const change = table.takeChange();
      if (change) changes.push(change);
    }
    if (changes.length === 0) return undefined;
    const grown = this.#journalBytes > Math.max(MIN_JOURNAL_BYTES, 2 * this.#snapshotBytes);
    if (grown || this.#journals >= MAX_JOURNALS) {
      const all = this.#tables.map((table) => table.snapshot());
      const bytes = encodeState({ kind: 'snapshot', changes: all });
      this.#snapshotBytes = bytes.length;
      this.#journalBytes = 0;
      this.#journals = 0;
      return { kind: 'replace', bytes };
    }
    const bytes = encodeState({ kind: 'journal', changes });
    this.#journalBytes += bytes.length;
    this.#journals++;
    return { kind: 'append', bytes };
  }
}

function asPipelineError(what: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(`the pipeline ${what}: ${message}`, { cause });
}
