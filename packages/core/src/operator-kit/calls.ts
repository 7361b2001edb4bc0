/** One call of an asynchronous step. */
export interface Call<Out> {
  readonly result: Promise<Out>;
  /** Tells the call that its result is not wanted any more. */
  readonly abort: (reason: unknown) => void;
}

/** Makes the calls of an operator, and takes their results. */
export interface CallOptions<In, Out> {
  /** Most calls that are under way, or have come and wait for their turn. */
  readonly concurrency: number;
  readonly start: (input: In) => Call<Out>;
  /** Takes the results, in the order of their inputs. */
  readonly deliver: (result: Out) => void;
  /** Called once no input comes any more and all results are delivered. */
  readonly completed: () => void;
}

/** Takes the inputs of an operator's calls. */
export interface Caller<In> {
  submit(input: In): void;
  /** No input comes any more. */
  complete(): void;
}
