import { ClosedError, OffsetOutOfRangeError } from '@streamify/core';
import {
  type Bounds,
  checkLimits,
  deletedTopic,
  type PartitionReader,
  type PollRequest,
  type Slice,
} from '@streamify/core/adapter';
import { rootOf } from '../client/failure.ts';
import { FetchedRecords } from '../wire/read-record-set.ts';
import { type FetcherOptions, PartitionFetcher } from './partition-fetcher.ts';

/** Longest wait of one fetch in milliseconds; a poll that waits longer fetches again. */
const longPoll = 500;

/** Where a partition starts and ends, and which offset belongs to a time. */
export interface PartitionOffsets {
  bounds(): Promise<Bounds>;
  written(): Promise<number>;
  offsetAt(timestamp: number): Promise<number>;
}

/** Signals that end a reader which nobody closes. */
interface Ends {
  readonly logClosing: AbortSignal;
  /** The topic is deleted. */
  readonly deleted: AbortSignal;
}

/** A fetch that is under way. */
interface Fetching {
  readonly from: number;
  readonly done: Promise<FetchedRecords>;
}

/**
 * Reads one partition. While one fetch is polled the next is under way, so at most two of them are
 * in memory.
 */
export class KafkaReader implements PartitionReader {
  readonly #options: FetcherOptions;
  readonly #offsets: PartitionOffsets;
  readonly #fetcher: PartitionFetcher;
  readonly #closing = new AbortController();
  readonly #logClosing: AbortSignal;
  readonly #deleted: AbortSignal;
  /** Records that were fetched and not yet polled. */
  #fetched = new FetchedRecords([], -1, -1);
  #ahead: Fetching | undefined;

  constructor(options: FetcherOptions, offsets: PartitionOffsets, { logClosing, deleted }: Ends) {
    this.#options = options;
    this.#offsets = offsets;
    this.#fetcher = new PartitionFetcher(options);
    this.#logClosing = logClosing;
    this.#deleted = deleted;
    deleted.addEventListener('abort', this.#leave);
  }

  async poll(request: PollRequest): Promise<Slice> {
    this.#checkOpen();
    checkLimits(request);
    const { from, maxWait, signal } = request;
    if (!Number.isSafeInteger(from)) throw await this.#outOfRange(from);
    if (this.#isAt(from)) return this.#take(request);
    // No signal is made of them: it would be kept by those that live long.
    const own = [this.#closing.signal, this.#logClosing, this.#deleted];
    const stops = signal ? [...own, signal] : own;
    const isStopped = () => stops.some(({ aborted }) => aborted);
    const until = performance.now() + maxWait;
    while (!isStopped()) {
      const left = Math.max(0, until - performance.now());
      const fetched = await this.#next(from, left, stops);
      if (!fetched) break;
      if (fetched.next > from) {
        this.#fetched = fetched;
        if (!isStopped()) this.#fetchAhead(fetched.next);
        return this.#take(request);
      }
      if (performance.now() >= until) break;
    }
    this.#checkThere();
    return { records: [], next: from };
  }

  async bounds(): Promise<Bounds> {
    this.#checkOpen();
    return this.#offsets.bounds();
  }

  async written(): Promise<number> {
    this.#checkOpen();
    return this.#offsets.written();
  }

  async offsetAt(timestamp: number): Promise<number> {
    this.#checkOpen();
    return this.#offsets.offsetAt(timestamp);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#deleted.removeEventListener('abort', this.#leave);
    this.#leave();
  }

  readonly #leave = () => this.#fetcher.close();

  #isAt(from: number): boolean {
    return !this.#fetched.isEmpty && this.#fetched.position === from;
  }

  /** Awaits the result of a fetch; `undefined` when it takes longer than `left` milliseconds, or is no longer wanted. */
  async #next(
    from: number,
    left: number,
    stops: readonly AbortSignal[],
  ): Promise<FetchedRecords | undefined> {
    const isUnderWay = this.#ahead?.from === from;
    if (!isUnderWay) this.#ahead = this.#startFetch(from, Math.min(left, longPoll));
    const { done } = this.#ahead as Fetching;
    const fetched = await firstOf(done, isUnderWay ? left : undefined, stops);
    if (!fetched) return undefined;
    this.#ahead = undefined;
    if ('cause' in fetched) {
      this.#checkThere();
      if (rootOf(fetched.cause).name !== 'KafkaJSOffsetOutOfRange') throw fetched.cause;
      throw await this.#outOfRange(from);
    }
    return fetched;
  }

  #fetchAhead(from: number): void {
    this.#ahead = this.#startFetch(from, longPoll);
  }

  #startFetch(from: number, maxWait: number): Fetching {
    // A connection answers one fetch at a time, and nobody wants the one that is under way.
    if (this.#ahead) this.#fetcher.leave();
    const done = this.#fetcher.fetch(from, maxWait, this.#closing.signal);
    done.catch(() => {});
    return { from, done };
  }

  #take({ maxRecords, maxBytes }: PollRequest): Promise<Slice> {
    return this.#fetched.take(maxRecords, maxBytes);
  }

  async #outOfRange(offset: number): Promise<OffsetOutOfRangeError> {
    const { topic, partition } = this.#options;
    return new OffsetOutOfRangeError({ topic, partition, offset, ...(await this.bounds()) });
  }

  #checkOpen(): void {
    if (this.#logClosing.aborted) throw new ClosedError('the log is closed');
    if (this.#closing.signal.aborted) throw new ClosedError('the reader is closed');
    this.#checkThere();
  }

  #checkThere(): void {
    if (this.#deleted.aborted) throw deletedTopic(this.#options.topic);
  }
}

/** Settles as `work` does; `undefined` when `ms` have passed or one of `stops` fires before. */
async function firstOf<T>(
  work: Promise<T>,
  ms: number | undefined,
  stops: readonly AbortSignal[],
): Promise<T | { readonly cause: unknown } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let onStop = () => {};
  const ended = new Promise<undefined>((resolve) => {
    onStop = () => resolve(undefined);
    for (const stop of stops) stop.addEventListener('abort', onStop);
    if (stops.some(({ aborted }) => aborted)) resolve(undefined);
    if (ms !== undefined) timer = setTimeout(onStop, ms);
  });
  try {
    return await Promise.race([work.catch((cause: unknown) => ({ cause })), ended]);
  } finally {
    clearTimeout(timer);
    for (const stop of stops) stop.removeEventListener('abort', onStop);
  }
}
