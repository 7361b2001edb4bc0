import type { Subscriber } from 'rxjs';
import { PipelineError } from '../errors.ts';
import type { StreamEvent } from '../event.ts';
import { StateTable } from './state-table.ts';

/** A value that an operator keeps between events. Assign a new value; never change the old one in place. */
export interface State<V> {
  current: V;
}

/**
 * Values by segment and key. A value is replaced, never changed in place: that is what lets a
 * task undo an event. `undefined` is not a value.
 *
 * A segment is a unit of forgetting, such as the start of a window; use one segment, 0, where
 * nothing is forgotten.
 */
export interface KeyedState<V> {
  get(segment: number, key: string): V | undefined;
  set(segment: number, key: string, value: V): void;
  delete(segment: number, key: string): void;
  /** Forgets a whole segment in one step. */
  drop(segment: number): void;
  /** Segments that hold anything, ascending. */
  segments(): readonly number[];
  size(segment: number): number;
  /** Entries of a segment by ascending key. */
  entries(segment: number): readonly (readonly [key: string, value: V])[];
}

/** Takes an element aside: late events, for example. In a task it is committed with the epoch. */
export type SideOutput<T> = (element: T) => void;

/** How an operator emits results of its own, which no single event stands for. */
export interface Emitter<T> {
  /** `key` and `at` name the result, so that a failure downstream is blamed on it and not on an event. */
  next(key: string, at: number, result: T): void;
  complete(): void;
}

/** What a task offers to its operators. */
export interface OperatorHost {
  /** The table of a state; `signature` describes what its content depends on. */
  table(name: string, signature: string): StateTable;
  putAside(output: string, element: unknown): void;
  reject(operator: string, reason: string): void;
  count(name: string): void;
  /** Why an event at this time cannot be taken; `undefined` when it can. */
  refusalOfTime(time: number, loggedAt: number): string | undefined;
  emitter<T>(operator: string, output: Subscriber<T>): Emitter<T>;
  /** Has `advance` called when event time moves without an event. */
  followTime(advance: (time: number) => void): void;
  /** Whether event time moves with what the topic carries, and not with its events. */
  readonly isTimeCarried: boolean;
}

/**
 * State for an operator: checkpointed inside a task, plain memory in any other RxJS pipeline.
 * Call it while the operator is being subscribed.
 *
 * @param signature describes options that the saved value depends on; a change of it is refused.
 */
export function useState<V>(name: string, initial: V, signature = ''): State<V> {
  const table = openTable(name, signature);
  return {
    get current() {
      const value = table.get(0, '') as V | undefined;
      return value === undefined ? initial : value;
    },
    set current(value) {
      table.set(0, '', value);
    },
  };
}

/** Keyed state for an operator, like {@link useState}. */
export function useKeyedState<V>(name: string, signature = ''): KeyedState<V> {
  return openTable(name, signature) as unknown as KeyedState<V>;
}

/** A side output: committed with the epoch inside a task, handed to `outside` in any other pipeline. */
export function useSideOutput<T>(name: string, outside: SideOutput<T> | undefined): SideOutput<T> {
  const host = openHost(name);
  if (host) return (element) => host.putAside(name, element);
  if (outside) return outside;
  return () => {
    throw new PipelineError(
      `${name} has an element, and outside a job nobody takes it: pass a handler`,
    );
  };
}

/** Counts something by name: committed with the epoch inside a task, ignored elsewhere. */
export function useCounter(name: string): () => void {
  if (name === 'in' || name === 'out' || name === 'dead')
    throw new PipelineError(`a counter cannot be called ${name}: the task counts that itself`);
  const host = openHost(name);
  return host ? () => host.count(name) : () => {};
}

/** Tells why an event at a time cannot be taken: inside a task, when it is too far ahead of its append to the log. */
export function useTimeCheck(
  operator: string,
): (time: number, loggedAt: number) => string | undefined {
  const host = openHost(operator);
  return host ? (time, loggedAt) => host.refusalOfTime(time, loggedAt) : () => undefined;
}

/** Gives up on the event being processed: a dead letter inside a task, handed to `outside` elsewhere. */
export function useRejection<T>(
  operator: string,
  outside: ((event: StreamEvent<T>, reason: string) => void) | undefined,
): (event: StreamEvent<T>, reason: string) => void {
  const host = openHost(operator);
  if (host) return (_event, reason) => host.reject(operator, reason);
  if (outside) return outside;
  return (_event, reason) => {
    throw new PipelineError(
      `${operator} rejects an event: ${reason}; outside a job, pass a handler`,
    );
  };
}

/** How an operator emits results of its own. Inside a task each is a step that fails by itself. */
export function useEmitter<T>(operator: string, output: Subscriber<T>): Emitter<T> {
  const host = openHost(operator);
  if (host) return host.emitter(operator, output);
  return {
    next: (_key, _at, result) => output.next(result),
    complete: () => output.complete(),
  };
}

/** Follows moves of event time that no event makes; gives whether all moves are such. Outside a task there are none. */
export function useEventTime(operator: string, advance: (time: number) => void): () => boolean {
  const host = openHost(operator);
  if (!host) return () => false;
  host.followTime(advance);
  return () => host.isTimeCarried;
}

/** The task at work, and whether its pipeline is being subscribed just now. */
interface Frame {
  readonly host: OperatorHost;
  readonly subscribing: boolean;
}

/** One slot for the whole process, so that two installed copies of this package share it. */
const slot = Symbol.for('@streamify/core/task');
const shared = globalThis as { [slot]?: Frame | undefined };

/** Runs `work` as the task of `frame`. */
export function withHost<R>(frame: Frame, work: () => R): R {
  const outer = shared[slot];
  shared[slot] = frame;
  try {
    return work();
  } finally {
    shared[slot] = outer;
  }
}

function openTable(name: string, signature: string): StateTable {
  return openHost(name)?.table(name, signature) ?? new StateTable(name, { recording: false });
}

function openHost(name: string): OperatorHost | undefined {
  const frame = shared[slot];
  if (frame && !frame.subscribing)
    throw new PipelineError(
      `${name} was subscribed after its task had started, inside mergeMap or groupBy perhaps: no checkpoint would hold its state`,
    );
  return frame?.host;
}
