import type { Call, CallOptions } from './calls.ts';

/** The outcome of a call: its result, or why it failed. */
export type Settled<Out> = { readonly value: Out } | { readonly cause: unknown };

/** An input that waits for its call, or for its turn. `Context` is the owner's. */
export interface QueuedCall<In, Out, Context> {
  readonly input: In;
  readonly context: Context;
  call: Call<Out> | undefined;
  settled: Settled<Out> | undefined;
}

/** Makes calls, a bounded number at once, and gives their results in the order of the inputs. */
export class CallQueue<In, Out, Context> {
  readonly #onSettled: () => void;
  readonly #entries: QueuedCall<In, Out, Context>[] = [];
  #options: CallOptions<In, Out>;
  /** How many of the entries have been started; these come first. */
  #started = 0;
  #underWay = 0;

  /** @param onSettled called whenever a call has a result or has failed. */
  constructor(options: CallOptions<In, Out>, onSettled: () => void) {
    this.#options = options;
    this.#onSettled = onSettled;
  }

  /** Lets another subscription of the same operator go on with what is queued. */
  rebind(options: CallOptions<In, Out>): void {
    this.#options = options;
  }

  get options(): CallOptions<In, Out> {
    return this.#options;
  }

  get length(): number {
    return this.#entries.length;
  }

  get isFull(): boolean {
    return this.#entries.length >= this.#options.concurrency;
  }

  /** The first entry; `undefined` when there is none, or its call is still under way. */
  get head(): QueuedCall<In, Out, Context> | undefined {
    const [first] = this.#entries;
    return first?.settled && first;
  }

  add(input: In, context: Context): void {
    this.#entries.push({ input, context, call: undefined, settled: undefined });
  }

  /** Takes back the entries behind the first `length`: none of them has been started. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /** Removes the first entry. */
  shift(): void {
    this.#entries.shift();
    this.#started--;
  }

  /** Starts as many calls as may be under way. */
  start(): void {
    const { concurrency } = this.#options;
    while (this.#underWay < concurrency && this.#started < this.#entries.length)
      this.#startOne(this.#entries[this.#started++] as QueuedCall<In, Out, Context>);
  }

  /** Gives up all calls. */
  abort(reason: unknown): void {
    for (const { call } of this.#entries.splice(0)) call?.abort(reason);
    this.#started = 0;
  }

  #startOne(entry: QueuedCall<In, Out, Context>): void {
    this.#underWay++;
    entry.call = this.#options.start(entry.input);
    const settle = (settled: Settled<Out>) => {
      this.#underWay--;
      entry.settled = settled;
      this.#onSettled();
    };
    entry.call.result.then(
      (value) => settle({ value }),
      (cause: unknown) => settle({ cause }),
    );
  }
}
