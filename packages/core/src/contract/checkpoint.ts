/** How far a task got, as its sink gives it back. */
export interface Checkpoint {
  readonly epoch: number;
  /** First offset not yet accounted for, by input. */
  readonly next: Readonly<Record<string, number>>;
  readonly pipeline: string;
  /** All parts that are still needed, oldest first. Opaque to the sink. */
  readonly state: readonly Uint8Array[];
}

/** How an epoch changes a task's saved state: `append` a part, or `replace` all there is by a snapshot. */
export interface StateChange {
  readonly kind: 'append' | 'replace';
  readonly bytes: Uint8Array;
  /**
   * How many of the last parts, this one counted, are all that is needed from now on. A sink forgets
   * those before.
   */
  readonly keep?: number;
}
