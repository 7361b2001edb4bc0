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
