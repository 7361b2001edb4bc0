/** Position and state that a task goes on from, as its sink gives them back. */
export interface Checkpoint {
  readonly epoch: number;
  /** First offset not yet accounted for, by input. */
  readonly next: Readonly<Record<string, number>>;
  /** The ids of the topics that these offsets are of, by input; without those that the log could not tell. */
  readonly topicIds: Readonly<Record<string, string>>;
  readonly pipeline: string;
  /** All parts that are still needed, oldest first. Opaque to the sink. */
  readonly state: readonly Uint8Array[];
}

/** Changes a task's saved state with an epoch: by `append` of a part, or by `replace` of all parts with a snapshot. */
export interface StateChange {
  readonly kind: 'append' | 'replace';
  readonly bytes: Uint8Array;
  /**
   * How many of the last parts, this one counted, are needed from now on. A sink forgets the earlier
   * ones.
   */
  readonly keep?: number;
}
