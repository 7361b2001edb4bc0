import { checkLimits, checkRange } from '../../adapter/check-poll.ts';
import { ClosedError } from '../../contract/errors.ts';
import type {
  Bounds,
  LogRecord,
  PartitionReader,
  PollRequest,
  Slice,
} from '../../contract/event-log.ts';
import type { DurableEnd } from './durable-end.ts';
import { offsetAt } from './offset-at.ts';
import type { ReadablePartition } from './readable-partition.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { segmentsIn } from './segments.ts';

/** Reads a partition from its files, up to its durable end. Closes the partition with itself. */
export class FilePartitionReader implements PartitionReader {
  readonly #partition: ReadablePartition;
  readonly #logClosing: AbortSignal;
  readonly #closing = new AbortController();
  /** Where the last poll ended. */
  #cursor: SegmentCursor | undefined;
  #polling: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(partition: ReadablePartition, logClosing: AbortSignal) {
    this.#partition = partition;
    this.#logClosing = logClosing;
  }

  async poll(request: PollRequest): Promise<Slice> {
    this.#checkOpen();
    checkLimits(request);
    const slice = this.#whileThere(this.#poll(request));
    this.#polling = slice.catch(() => undefined);
    return slice;
  }

  async bounds(): Promise<Bounds> {
    this.#checkOpen();
    return this.#whileThere(this.#bounds());
  }

  async offsetAt(timestamp: number): Promise<number> {
    this.#checkOpen();
    return this.#whileThere(offsetAt(this.#partition, timestamp));
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#closed ??= this.#polling
      .then(() => this.#dropCursor())
      .then(() => this.#partition.close());
    return this.#closed;
  }

  #checkOpen(): void {
    if (this.#logClosing.aborted) throw new ClosedError('the log is closed');
    if (this.#closing.signal.aborted) throw new ClosedError('the reader is closed');
  }

  /** Tells a failure for what it is when its cause is that the topic was deleted meanwhile. */
  async #whileThere<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!this.#closing.signal.aborted) await this.#partition.checkThere();
      throw error;
    }
  }

  async #poll(request: PollRequest): Promise<Slice> {
    try {
      const records = await this.#read(request);
      return { records, next: request.from + records.length };
    } catch (error) {
      // It stands anywhere now; the next poll starts anew.
      await this.#dropCursor();
      throw error;
    }
  }

  async #read(request: PollRequest): Promise<LogRecord[]> {
    const { from, maxWait, signal } = request;
    const { highWatermark, deleted } = this.#partition;
    const stops = [signal, this.#closing.signal, this.#logClosing, deleted];
    let end = await this.#partition.refresh();
    const cursor = await this.#cursorAt(request, end);
    if (from === end.end && maxWait > 0) {
      const waiting = highWatermark.waitBeyond(from, maxWait, stops);
      this.#partition.follow();
      await waiting;
      if (this.#closing.signal.aborted || this.#logClosing.aborted) return [];
      end = await this.#partition.refresh();
    }
    if (from === end.end) await this.#partition.checkThere();
    return cursor.read(end, request);
  }

  async #bounds(): Promise<Bounds> {
    const { end } = await this.#partition.refresh();
    await this.#partition.checkThere();
    const [start] = await segmentsIn(this.#partition.place.dir);
    return { start, end };
  }

  async #cursorAt(request: PollRequest, end: DurableEnd): Promise<SegmentCursor> {
    const { from } = request;
    if (this.#cursor?.offset === from) return this.#cursor;
    const { place, files } = this.#partition;
    const segments = await segmentsIn(place.dir);
    checkRange(request, place, { start: segments[0], end: end.end });
    await this.#dropCursor();
    const segment = segments.findLast((base) => base <= from) ?? segments[0];
    const cursor = await SegmentCursor.open(place.dir, files, segment);
    this.#cursor = cursor;
    await cursor.skipTo(from, end);
    return cursor;
  }

  async #dropCursor(): Promise<void> {
    const dropped = this.#cursor;
    this.#cursor = undefined;
    await dropped?.close();
  }
}
