import { setMaxListeners } from 'node:events';
import { checkLimits, checkRange } from '../../adapter/check-poll.ts';
import { HighWatermark } from '../../adapter/high-watermark.ts';
import { deletedTopic } from '../../adapter/topic-errors.ts';
import { copyOfHeaders } from '../../codec/header-values.ts';
import { ClosedError } from '../../contract/errors.ts';
import type {
  LogRecord,
  NewRecord,
  PartitionReader,
  PollRequest,
} from '../../contract/event-log.ts';

/** A partition of a memory log. */
export class MemoryPartition {
  readonly #where: { readonly topic: string; readonly partition: number };
  readonly #records: LogRecord[] = [];
  readonly #highWatermark = new HighWatermark(0);
  readonly #closing = new AbortController();
  #isDeleted = false;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(topic: string, partition: number) {
    this.#where = { topic, partition };
    // Each reader that waits listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  append({ key, value, headers }: NewRecord, now: number): void {
    // A clock that is set back must not turn the log's time back.
    this.#loggedAt = Math.max(this.#loggedAt, now);
    this.#records.push({
      offset: this.#records.length,
      // The producer may use its buffer again.
      value: Buffer.from(value),
      key,
      loggedAt: this.#loggedAt,
      ...(headers && { headers: copyOfHeaders(headers) }),
    });
  }

  expose(): void {
    this.#highWatermark.advance(this.#records.length);
  }

  close(): void {
    this.#closing.abort();
  }

  delete(): void {
    this.#isDeleted = true;
    this.#highWatermark.wake();
  }

  reader(): PartitionReader {
    const closing = new AbortController();
    const bounds = () => ({ start: 0, end: this.#highWatermark.end });
    const checkThere = () => {
      if (this.#isDeleted) throw deletedTopic(this.#where.topic);
    };
    const checkOpen = () => {
      if (this.#closing.signal.aborted) throw new ClosedError('the log is closed');
      if (closing.signal.aborted) throw new ClosedError('the reader is closed');
      checkThere();
    };
    return {
      poll: async (request) => {
        checkOpen();
        checkLimits(request);
        checkRange(request, this.#where, bounds());
        const { from, maxWait, signal } = request;
        const signals = [signal, closing.signal, this.#closing.signal];
        await this.#highWatermark.waitBeyond(from, maxWait, signals);
        checkThere();
        const records = this.#slice(request);
        return { records, next: from + records.length };
      },
      bounds: async () => {
        checkOpen();
        return bounds();
      },
      offsetAt: async (timestamp) => {
        checkOpen();
        const { end } = bounds();
        const found = this.#records.findIndex(({ loggedAt }) => loggedAt >= timestamp);
        return found === -1 ? end : Math.min(found, end);
      },
      close: async () => closing.abort(),
    };
  }

  #slice({ from, maxRecords, maxBytes }: PollRequest): readonly LogRecord[] {
    const most = Math.min(this.#highWatermark.end, from + maxRecords);
    let end = from;
    for (let bytes = 0; end < most; end++) {
      const { key, value } = this.#records[end] as LogRecord;
      bytes += Buffer.byteLength(key) + value.length;
      if (bytes > maxBytes && end > from) break;
    }
    return this.#records.slice(from, end);
  }
}
