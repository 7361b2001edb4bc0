import { setMaxListeners } from 'node:events';
import { assignAll } from '../../adapter/assign-all.ts';
import { checkLimits, checkRange } from '../../adapter/check-poll.ts';
import { HighWatermark } from '../../adapter/high-watermark.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import {
  checkPartition,
  checkSameCount,
  deletedTopic,
  unknownTopic,
} from '../../adapter/topic-errors.ts';
import { checkPartitions, checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { memoryRegistry } from '../../codec/memory-registry.ts';
import { ClosedError } from '../../contract/errors.ts';
import type {
  EventLog,
  LogRecord,
  NewRecord,
  PartitionReader,
  PollRequest,
} from '../../contract/event-log.ts';
import type { SchemaRegistry } from '../../contract/schema-registry.ts';

export interface MemoryLogOptions {
  /** Default: a registry of its own. */
  readonly registry?: SchemaRegistry;
  /** The clock that stamps records, in epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Keeps a log in memory: for tests, and for pipelines that need no durability. It passes the same
 * `logContract` as the durable logs.
 *
 * @example
 * const log = memoryLog();
 * await log.createTopic('plays', { partitions: 2 });
 * await log.topic('plays', Play).publish([{ at: 0, listener: 'ann' }]);
 */
export function memoryLog({
  registry = memoryRegistry(),
  now = Date.now,
}: MemoryLogOptions = {}): EventLog {
  const topics = new Map<string, readonly Partition[]>();
  let closed = false;
  const checkOpen = () => {
    if (closed) throw new ClosedError('the log is closed');
  };
  const partitionsOf = (topic: string): readonly Partition[] => {
    checkOpen();
    const partitions = topics.get(topic);
    if (!partitions) throw unknownTopic(topic);
    return partitions;
  };

  const log: EventLog = {
    registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      const existing = topics.get(topic);
      if (existing) return checkSameCount(topic, existing.length, partitions);
      topics.set(
        topic,
        Array.from({ length: partitions }, (_, partition) => new Partition(topic, partition)),
      );
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      const partitions = topics.get(topic) ?? [];
      topics.delete(topic);
      for (const partition of partitions) partition.delete();
    },
    async partitions(topic) {
      checkOpen();
      return topics.get(topic)?.length;
    },
    async publish(topic, records) {
      const partitions = partitionsOf(topic);
      // All of them first: one that is refused leaves nothing behind.
      const targets = records.map((record) => targetPartition(topic, partitions.length, record));
      for (const [i, record] of records.entries())
        partitions[targets[i] as number]?.append(record, now());
      for (const target of new Set(targets)) partitions[target]?.expose();
    },
    async reader(topic, partition) {
      const partitions = partitionsOf(topic);
      checkPartition(topic, partitions.length, partition);
      return (partitions[partition] as Partition).reader();
    },
    assign: (_group, names, listener) => assignAll(names, log.partitions, listener),
    topic: (name, type) => typedTopic(log, name, type),
    async close() {
      closed = true;
      for (const partition of [...topics.values()].flat()) partition.close();
    },
  };
  return log;
}

class Partition {
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
      ...(headers && { headers: { ...headers } }),
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
