/** How far a task got, as its sink gives it back. */
export interface Checkpoint {
  readonly epoch: number;
  /** First offset not yet accounted for, by input. */
  readonly next: Readonly<Record<string, number>>;
  readonly pipeline: string;
  /** The last snapshot, if any, and every journal since, oldest first. Opaque to the sink. */
  readonly state: readonly Uint8Array[];
}

/** How an epoch changes a task's saved state: `append` a journal, or `replace` all there is by a snapshot. */
export interface StateChange {
  readonly kind: 'append' | 'replace';
  readonly bytes: Uint8Array;
}
