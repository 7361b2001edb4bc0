/** A failure that a task recovers from. */
export interface RetryReport {
  readonly partition: number;
  /** 1 for the first try after a commit. */
  readonly attempt: number;
  /** Milliseconds until then. */
  readonly delay: number;
  readonly cause: unknown;
}
