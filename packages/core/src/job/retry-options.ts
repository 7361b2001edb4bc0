/** How often, and how far apart, failed work is tried again. */
export interface RetryOptions {
  /** Most tries in a row after a failure; a commit starts the count again. `Infinity` never gives up. */
  readonly attempts: number;
  /** Milliseconds before the first; each further wait is twice as long. Default 100. */
  readonly firstDelay?: number;
  /** Longest wait in milliseconds. Default 30,000. */
  readonly maxDelay?: number;
}

/** A failure that a task recovers from. */
export interface RetryReport {
  readonly partition: number;
  /** 1 for the first try after a commit. */
  readonly attempt: number;
  /** Milliseconds until then. */
  readonly delay: number;
  readonly cause: unknown;
}
