import type { PollRequest } from '../contract/event-log.ts';
import type { Incoming } from './decode-record.ts';
import type { PartitionInput } from './partition-input.ts';

/** The inputs of a task, merged into one order. */
export class MergedInputs<A> {
  readonly #inputs: readonly [PartitionInput<A>, ...PartitionInput<A>[]];
  readonly #idleAfter: number;
  readonly #now: () => number;

  /** @param idleAfter milliseconds after which an input that gives nothing is not waited for. */
  constructor(
    inputs: readonly [PartitionInput<A>, ...PartitionInput<A>[]],
    { idleAfter, now }: { readonly idleAfter: number; readonly now: () => number },
  ) {
    this.#inputs = inputs;
    this.#idleAfter = idleAfter;
    this.#now = now;
  }

  /** The first of them by name. */
  get first(): PartitionInput<A> {
    return this.#inputs[0];
  }

  /** First offset not yet taken, by input. */
  get next(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#inputs.map((input) => [input.name, input.next]));
  }

  get isEnded(): boolean {
    return this.#inputs.every((input) => input.isEnded);
  }

  /** Whether none of them has given anything for as long as it takes to be idle. */
  get isIdle(): boolean {
    return this.#inputs.every((input) => this.#isQuiet(input));
  }

  /** Whether the next record of all cannot be told yet. */
  get isBlocked(): boolean {
    return (
      this.#inputs.some((input) => input.isEmpty && !input.isEnded && !this.#isQuiet(input)) ||
      this.#inputs.every((input) => input.isEmpty)
    );
  }

  /** Milliseconds until one of them, or the clock that moved event time at `movedAt`, has been idle for long enough. */
  untilIdle(movedAt: number): number {
    const starts = [movedAt, ...this.#inputs.map(({ heardAt }) => heardAt)];
    const left = starts.map((start) => start + this.#idleAfter - this.#now());
    return Math.min(...left.filter((ms) => ms > 0));
  }

  /** Fetches records for the inputs that have none left. */
  async fetch(request: Omit<PollRequest, 'from'>): Promise<void> {
    const lacking = this.#inputs.filter((input) => input.isEmpty && !input.isEnded);
    await Promise.all(lacking.map((input) => input.fetch(request)));
  }

  /**
   * The input whose next record comes first: by event time, then in the order of the inputs. A record
   * without a time comes at once, in its input's order.
   *
   * The order of all records follows from theirs alone, as long as each input has its next record at
   * hand or has none any more.
   */
  earliest(): PartitionInput<A> | undefined {
    let first: PartitionInput<A> | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const input of this.#inputs) {
      if (input.isEmpty) continue;
      // There is nothing to compare with, and decoding can wait.
      if (this.#inputs.length === 1) return input;
      const time = timeOf(input.peek());
      if (first && !(time < earliest)) continue;
      first = input;
      earliest = time;
    }
    return first;
  }

  #isQuiet(input: PartitionInput<A>): boolean {
    return this.#now() - input.heardAt >= this.#idleAfter;
  }
}

function timeOf<A>({ event }: Incoming<A>): number {
  return event === undefined || Number.isNaN(event.time) ? Number.NEGATIVE_INFINITY : event.time;
}
