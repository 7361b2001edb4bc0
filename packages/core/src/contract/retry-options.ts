/** Says how often, and how far apart, failed work is tried again. */
export interface RetryOptions {
  /** Most tries in a row after a failure; a success starts the count again. `Infinity` never gives up. */
  readonly attempts: number;
  /** Milliseconds before the first; each further wait is twice as long. Default 100. */
  readonly firstDelay?: number;
  /** Longest wait in milliseconds. Default 30,000. */
  readonly maxDelay?: number;
}
