import { openTable } from './open-table.ts';

/** A value that an operator keeps between events. Assign a new value; never change the old one in place. */
export interface State<V> {
  current: V;
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
