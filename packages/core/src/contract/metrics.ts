/** Measurements of a task at one commit. All of them are final: metrics advance with commits, and a repeated epoch counts once. */
export interface EpochMetrics {
  readonly job: string;
  readonly partition: number;
  readonly epoch: number;
  /** When the commit was done, in epoch milliseconds. */
  readonly at: number;
  /** Sums of the epoch: `in`, `out`, `dead`, and the counters of operators, such as `late`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds from when the epoch before went to the sink, or the task was opened, until this one did. */
  readonly duration: number;
  /** Milliseconds that the sink took to commit it. */
  readonly commitLatency: number;
  /** Records that the log holds and the task has not accounted for. */
  readonly lag: number;
  /** Milliseconds by which event time is behind the clock; `undefined` before the first event. */
  readonly watermarkDelay: number | undefined;
  /** Bytes of the task's saved state: its last snapshot and the journals since. */
  readonly stateBytes: number;
}

/** Takes the measurements of jobs. A reporter that throws ends the job. */
export interface MetricsReporter {
  /** Called when this process takes up a partition. */
  opened?(job: string, partition: number): void;
  /** Called after each commit. */
  committed(metrics: EpochMetrics): void;
  /** Called when this process works on a partition no longer, or will open it anew. */
  closed?(job: string, partition: number): void;
  /** Called when a job has ended, for good or with an error. */
  ended?(job: string): void;
}
