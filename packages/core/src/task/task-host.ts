import type { Subscriber } from 'rxjs';
import type { Caller, CallOptions } from '../operator-kit/calls.ts';
import type { Emitter } from '../operator-kit/emitter.ts';
import type { OperatorHost } from '../operator-kit/operator-host.ts';
import type { StateKind } from '../state/state-kind.ts';
import type { StateTable } from '../state/state-table.ts';
import type { TaskTables } from '../state/task-tables.ts';
import type { EventTime } from './event-time.ts';
import type { Steps } from './steps.ts';

/** State, event time, steps and outputs of the task that a host stands for. */
export interface TaskHostOptions {
  readonly tables: TaskTables;
  readonly time: EventTime;
  readonly steps: Steps<unknown>;
  /** How far an event's time may be ahead of its append to the log, in milliseconds. */
  readonly maxFutureSkew: number;
  /** Takes an element of a named output. */
  readonly takeNamed: (output: string, element: unknown) => void;
}

/** The host of a task's operators: their declarations and emissions end in its steps. */
export class TaskHost implements OperatorHost {
  readonly #options: TaskHostOptions;
  readonly #emitters = new Map<string, Subscriber<unknown>>();
  readonly #outputs = new Set<string>();
  #followers: ((time: number) => void)[] = [];
  isProbing = false;

  constructor(options: TaskHostOptions) {
    this.#options = options;
  }

  /** Named outputs of the pipeline. */
  get outputs(): ReadonlySet<string> {
    return this.#outputs;
  }

  /** Operators that follow event time, in the order in which they were subscribed. */
  get followers(): readonly ((time: number) => void)[] {
    return this.#followers;
  }

  /** Forgets the declarations of one subscription. */
  release(): void {
    this.#options.tables.release();
    this.#options.steps.calls.release();
    this.#emitters.clear();
    this.#outputs.clear();
    this.#followers = [];
  }

  /** Where an operator emits its results. */
  emitterOf(operator: string): Subscriber<unknown> | undefined {
    return this.#emitters.get(operator);
  }

  table(name: string, kind: StateKind): StateTable {
    return this.#options.tables.claim(name, kind);
  }

  watchState(): void {
    this.#options.tables.watch();
  }

  output(name: string): (element: unknown) => void {
    this.#outputs.add(name);
    return (element) => this.#options.takeNamed(name, element);
  }

  putAside(output: string, element: unknown): void {
    const { epoch, cause } = this.#options.steps;
    epoch.putAside({ output, element, cause });
  }

  reject(operator: string, reason: string): void {
    const { steps } = this.#options;
    steps.epoch.addDeadLetter(steps.letter(operator, reason, undefined));
  }

  count(name: string): void {
    this.#options.steps.epoch.count(name);
  }

  get isTimeCarried(): boolean {
    return this.#options.time.isCarried;
  }

  followTime(advance: (time: number) => void): void {
    this.#followers.push(advance);
  }

  heldTime(time: number): number {
    const { loggedAt } = this.#options.steps.arrival.record;
    // A log without a clock of its own says 0, or less.
    if (!(time > loggedAt) || !(loggedAt > 0)) return time;
    return this.#options.maxFutureSkew === Number.POSITIVE_INFINITY ? time : loggedAt;
  }

  refusalOfTime(time: number, loggedAt: number): string | undefined {
    if (!this.#isAhead(time, loggedAt) || isUnstamped(loggedAt)) return undefined;
    const hours = ((time - loggedAt) / 3_600_000).toFixed(1);
    return `event time ${time} is ${hours} hours ahead of its append to the log, more than maxFutureSkew allows`;
  }

  /** Whether an event's time would have been refused by when its record was logged, if its record had that. */
  isUnchecked(time: number, loggedAt: number): boolean {
    return isUnstamped(loggedAt) && this.#isAhead(time, loggedAt);
  }

  #isAhead(time: number, loggedAt: number): boolean {
    return time > loggedAt + this.#options.maxFutureSkew;
  }

  emitter<T>(operator: string, output: Subscriber<T>): Emitter<T> {
    const { pending } = this.#options.steps;
    this.#emitters.set(operator, output as Subscriber<unknown>);
    return {
      next: (key, at, value) => pending.push({ operator, result: { operator, key, at, value } }),
      complete: () => pending.push({ operator, result: undefined }),
    };
  }

  calls<In, Out>(operator: string, options: CallOptions<In, Out>): Caller<In> {
    return this.#options.steps.calls.bind(operator, options);
  }
}

/** Whether a record has no time of its append: some producers give a topic that takes theirs 0 or -1. */
function isUnstamped(loggedAt: number): boolean {
  return loggedAt <= 0;
}
