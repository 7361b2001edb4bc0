import type { Key } from '../contract/key.ts';

/**
 * Values by segment and key. A value is replaced, never changed in place: that is what lets a
 * task undo an event. `undefined` is not a value.
 *
 * A key is one value or several, and keys that differ never meet. A segment is a unit of forgetting,
 * such as the start of a window; use one segment, 0, where nothing is forgotten.
 */
export interface KeyedState<V, K extends Key = string> {
  get(segment: number, key: K): V | undefined;
  set(segment: number, key: K, value: V): void;
  delete(segment: number, key: K): void;
  /** Forgets a whole segment in one step. */
  drop(segment: number): void;
  /** Segments that hold anything, ascending. */
  segments(): readonly number[];
  size(segment: number): number;
  /** Entries of a segment, in an order that follows from their keys alone. */
  entries(segment: number): readonly (readonly [key: K, value: V])[];
}
