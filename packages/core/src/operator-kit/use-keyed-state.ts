import type { Key } from '../contract/key.ts';
import type { KeyedState } from '../state/keyed-state.ts';
import { KeyedTable } from '../state/keyed-table.ts';
import { stateKind } from '../state/state-kind.ts';
import type { StateOptions } from '../state/state-options.ts';
import { openTable } from './open-table.ts';

/**
 * Keyed state for an operator: checkpointed inside a task, plain memory in any other RxJS pipeline.
 * Call it while the operator is being subscribed.
 *
 * @param options what the saved values depend on: a job is not started on values that were saved otherwise.
 */
export function useKeyedState<V, K extends Key = string>(
  name: string,
  options: StateOptions<V, K> = {},
): KeyedState<V, K> {
  return new KeyedTable<V, K>(openTable(name, stateKind(options as never)));
}
