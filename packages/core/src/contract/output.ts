import type { Sink } from './sink.ts';

/**
 * A named output of a pipeline, beside its main stream. Operators give it elements, and a job says
 * where these go: both hold the same value, which carries the type.
 */
export interface Output<in out T> {
  readonly name: string;
  /** Sends its elements to a table or topic of the job's store, in the same transaction as the rows. */
  readonly into: (sink: Sink<T>) => OutputRoute;
  /** Keeps its elements as JSON, beside the dead letters: for those that nobody computes with. */
  readonly asJson: () => OutputRoute;
}

/** Says where the elements of a named output go. */
export interface OutputRoute {
  readonly output: string;
  /** `undefined` where they are kept as JSON. */
  readonly sink: Sink<never> | undefined;
}
