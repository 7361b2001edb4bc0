import type { Key } from '../contract/key.ts';
import type { KeyedState } from '../state/keyed-state.ts';
import { KeyedTable } from '../state/keyed-table.ts';
import { openTable } from './open-table.ts';

/**
 * Keyed state for an operator: checkpointed inside a task, plain memory in any other RxJS pipeline.
 * Call it while the operator is being subscribed.
 *
 * @param signature describes options that the saved values depend on; a change of it is refused.
 */
export function useKeyedState<V, K extends Key = string>(
  name: string,
  signature = '',
): KeyedState<V, K> {
  return new KeyedTable<V, K>(openTable(name, signature));
}
