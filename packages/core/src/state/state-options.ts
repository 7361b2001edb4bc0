import type { Key } from '../contract/key.ts';

/** Options of a state: what its saved values depend on, and what becomes of those that were saved otherwise. */
export interface StateOptions<V, K extends Key = string> {
  /**
   * Describes options that decide what saved values mean, such as `size 300000`. Values that were saved with
   * another cannot be migrated.
   */
  readonly signature?: string;
  /** Stands for what no shape shows, such as a function that makes keys or folds events: change it with them. */
  readonly version?: string | number;
  /** A value like those that are stored, such as an aggregate's zero: its fields and their types are noticed. */
  readonly like?: V;
  /**
   * Makes a value of one that was saved with another `version` or shape; `undefined` forgets it. Default: the
   * job is refused.
   */
  readonly migrate?: (
    value: unknown,
    entry: { readonly segment: number; readonly key: Key },
  ) => V | undefined;
  /** Makes a key of one that was saved with another `version` or shape; `undefined` forgets it. Default: keys stay. */
  readonly migrateKey?: (key: Key) => K | undefined;
}
