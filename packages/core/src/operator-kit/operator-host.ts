import type { Subscriber } from 'rxjs';
import type { StateTable } from '../state/state-table.ts';
import type { Emitter } from './emitter.ts';

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
