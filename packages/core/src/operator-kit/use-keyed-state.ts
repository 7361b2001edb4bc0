import type { KeyedState } from '../state/keyed-state.ts';
import { openTable } from './open-table.ts';

/** Keyed state for an operator: checkpointed inside a task, plain memory in any other RxJS pipeline. */
export function useKeyedState<V>(name: string, signature = ''): KeyedState<V> {
  return openTable(name, signature) as unknown as KeyedState<V>;
}
