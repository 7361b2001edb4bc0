import type { Key } from '../contract/key.ts';
import type { KeyedState } from './keyed-state.ts';

/** State that can be looked at and not changed. */
export type ReadonlyKeyedState<V, K extends Key = string> = Pick<
  KeyedState<V, K>,
  'get' | 'segments' | 'size' | 'entries'
>;

/**
 * The state of a running task, as of the last event that it has processed. It may be ahead of the last
 * commit by up to two epochs, which a crash would take back and do again.
 */
export interface StateView {
  /** The names of all states, as operators give them, ascending. */
  readonly names: readonly string[];
  /**
   * The content of a state; a `useState` is the entry of segment 0 and key ''.
   *
   * @throws OptionError when there is no state of this name.
   */
  keyed<V, K extends Key = string>(name: string): ReadonlyKeyedState<V, K>;
}
