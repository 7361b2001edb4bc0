import { PipelineError } from '../contract/errors.ts';
import { freezeDeep } from '../state/freeze-deep.ts';
import { stateKind } from '../state/state-kind.ts';
import type { StateOptions } from '../state/state-options.ts';
import { openTable } from './open-table.ts';

/** A value that an operator keeps between events. Assign a new value; never change the old one in place. */
export interface State<V> {
  current: V;
}

/**
 * State for an operator: checkpointed inside a task, plain memory in any other RxJS pipeline.
 * Call it while the operator is being subscribed.
 *
 * The shape of `initial`, its fields and their types, is part of what is noticed when it changes.
 *
 * @param initial the value until one is assigned. It is frozen, with all that it holds.
 * @param options what the saved value depends on: a job is not started on a value that was saved otherwise.
 */
export function useState<V>(
  name: string,
  initial: V,
  options: Omit<StateOptions<V>, 'like' | 'migrateKey'> = {},
): State<V> {
  freezeDeep(initial, () => {
    throw new PipelineError(
      `the value of state ${name} was changed in place: no checkpoint would have it, and a step that fails could not be undone. Assign a new value to current`,
    );
  });
  const table = openTable(name, stateKind({ ...options, like: initial } as never));
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
