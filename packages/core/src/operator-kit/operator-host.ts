import type { Subscriber } from 'rxjs';
import type { StateKind } from '../state/state-kind.ts';
import type { StateTable } from '../state/state-table.ts';
import type { Caller, CallOptions } from './calls.ts';
import type { Emitter } from './emitter.ts';

/** The task as its operators see it: hooks get state, outputs, calls and event time from it. */
export interface OperatorHost {
  /** The table of a state; its kind says what its content depends on. */
  table(name: string, kind: StateKind): StateTable;
  /** Has values of state that are changed in place found, which costs too much outside of tests. */
  watchState(): void;
  /** Declares a named output, and gives what takes its elements. */
  output(name: string): (element: unknown) => void;
  /** Keeps an element as JSON. */
  putAside(output: string, element: unknown): void;
  reject(operator: string, reason: string): void;
  count(name: string): void;
  /** Why an event at this time cannot be taken; `undefined` when it can. */
  refusalOfTime(time: number, loggedAt: number): string | undefined;
  /** How far an event at this time moves event time: no further than its append to the log, unless the job says that the two have nothing to do with each other. */
  heldTime(time: number): number;
  emitter<T>(operator: string, output: Subscriber<T>): Emitter<T>;
  /** Makes the calls of an asynchronous operator, for which the epoch waits. */
  calls<In, Out>(operator: string, options: CallOptions<In, Out>): Caller<In>;
  /** Has `advance` called when event time moves without an event. */
  followTime(advance: (time: number) => void): void;
  /** Whether event time moves with what the topic carries, and not with its events. */
  readonly isTimeCarried: boolean;
  /** Whether events end only to see what the pipeline holds back: operators keep what they have. */
  readonly isProbing: boolean;
}
