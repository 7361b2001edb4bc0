import { resolve } from 'node:path';
import { endOffsets } from '../../adapter/end-offsets.ts';
import { partitionOf } from '../../adapter/partition-of.ts';
import {
  ForeignWriterError,
  OffsetOutOfRangeError,
  OptionError,
  PartitionCountError,
} from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { Folder } from '../../durable/folder.ts';
import { memoryFolder } from '../../durable/memory-folder.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { type LedgerEntry, partPath, publishParts } from '../ledger/ledger-entry.ts';
import { lastTurn } from '../ledger/turns.ts';
import { decodeRecords, encodeRecords } from './records-file.ts';

/** Where the records of a commit stand in each partition: from `starts`, up to `ends`. Kept with its checkpoint. */
export interface Stretch {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Appends the records of commits to a topic, each commit's once. A log has no transactions over
 * partitions, so a commit writes its records down first, with the offsets that they will get; that
 * is the point where it happens. What a crash leaves unappended is seen from the offsets, and
 * appended before anything else is.
 *
 * There is one a topic, because only commits that take turns know their offsets beforehand.
 */
export class TopicAppender {
  readonly folder: Folder;
  readonly topic: string;
  readonly #log: EventLog;
  /** What every partition must end at; `undefined` when an interrupted commit may have to be finished. */
  #ends: readonly number[] | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: EventLog, topic: string, folder: Folder) {
    this.#log = log;
    this.topic = topic;
    this.folder = folder;
  }

  /** Runs `work` when nobody else is at it. */
  async exclusively<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /**
   * Commits records: `store` makes them and their offsets durable, and throws when it may not.
   * Only within {@link exclusively}.
   *
   * @throws ForeignWriterError when the topic holds records that no commit wrote.
   */
  async append(
    records: readonly NewRecord[],
    store: (stretch: Stretch, file: Uint8Array | undefined) => Promise<void>,
  ): Promise<void> {
    const starts = await this.settledEnds();
    const ends = [...starts];
    for (const { key } of records) {
      const partition = partitionOf(key, ends.length);
      ends[partition] = (ends[partition] ?? 0) + 1;
    }
    this.#ends = undefined;
    await store({ starts, ends }, records.length > 0 ? encodeRecords(records) : undefined);
    if (records.length > 0) {
      await this.#log.publish(this.topic, records);
      this.#assertEnds(ends, await endOffsets(this.#log, this.topic));
    }
    this.#ends = ends;
  }

  /**
   * What every partition ends at, once what the last commit did not get to is appended. Only within
   * {@link exclusively}.
   *
   * @throws ForeignWriterError when the topic holds records that no commit wrote.
   */
  async settledEnds(): Promise<readonly number[]> {
    const actual = await endOffsets(this.#log, this.topic);
    if (this.#ends) {
      this.#assertEnds(this.#ends, actual);
      return this.#ends;
    }
    const last = await this.#lastCommit();
    const expected = last?.stretch.ends ?? actual.map(() => 0);
    if (expected.length !== actual.length)
      throw new PartitionCountError(
        `topic ${this.topic} has ${actual.length} partitions, and had ${expected.length} when a job last wrote to it`,
      );
    const missing = last && actual.some((end, p) => end < (expected[p] ?? 0));
    if (missing) await this.#appendRest(last, actual);
    this.#assertEnds(expected, await endOffsets(this.#log, this.topic));
    this.#ends = expected;
    return expected;
  }

  async #appendRest({ task, entry, stretch }: LastCommit, actual: readonly number[]) {
    const file = await task.read(partPath('records', entry.epoch));
    const records = file && entry.parts.includes('records') ? decodeRecords(file) : [];
    const seen = [...stretch.starts];
    const rest = records.filter(({ key }) => {
      const partition = partitionOf(key, seen.length);
      const offset = seen[partition] ?? 0;
      seen[partition] = offset + 1;
      return offset >= (actual[partition] ?? 0);
    });
    for (const [partition, end] of actual.entries()) {
      const offset = file ? (stretch.starts[partition] ?? 0) : (stretch.ends[partition] ?? 0);
      if (end < offset)
        throw new OffsetOutOfRangeError({ topic: this.topic, partition, offset, start: 0, end });
    }
    await this.#log.publish(this.topic, rest);
  }

  #assertEnds(expected: readonly number[], actual: readonly number[]): void {
    for (const [partition, end] of actual.entries())
      if (end !== expected[partition])
        throw new ForeignWriterError(
          `${this.topic}/${partition} ends at ${end}, and at ${expected[partition]} by what its jobs have committed: something else writes to it, or their folder is not the one they had; a topic with a log sink has no other writer`,
        );
  }

  /** The commit whose records stand last in the topic. */
  async #lastCommit(): Promise<LastCommit | undefined> {
    let last: LastCommit | undefined;
    for (const job of await this.folder.list(''))
      for (const partition of await this.folder.list(job)) {
        const task = this.folder.sub(`${job}/${partition}`);
        const entry = (await lastTurn(task))?.entry;
        if (!entry || entry.epoch === 0) continue;
        await publishParts(task, entry);
        const stretch = entry.sink as Stretch;
        if (!last || isBehind(stretch, last.stretch)) last = { task, entry, stretch };
      }
    return last;
  }
}

interface LastCommit {
  readonly task: Folder;
  readonly entry: LedgerEntry;
  readonly stretch: Stretch;
}

/** Whether a commit came after another: commits take turns, so their offsets tell. One without records stands nowhere. */
function isBehind(stretch: Stretch, other: Stretch): boolean {
  const sum = (offsets: readonly number[]) => offsets.reduce((total, offset) => total + offset, 0);
  const [end, otherEnd] = [sum(stretch.ends), sum(other.ends)];
  return end > otherEnd || (end === otherEnd && sum(stretch.starts) < sum(other.starts));
}

/** Appenders of this process. */
const appenders = new WeakMap<EventLog, Map<string, { appender: TopicAppender; dir: string }>>();

/**
 * The one appender of a topic.
 *
 * @throws OptionError when the topic has one whose commits are elsewhere.
 */
export function topicAppender(log: EventLog, topic: string, dir: string | undefined) {
  const own = appenders.get(log) ?? new Map<string, { appender: TopicAppender; dir: string }>();
  appenders.set(log, own);
  const place = dir === undefined ? 'memory' : resolve(dir);
  const existing = own.get(topic);
  if (existing && existing.dir !== place)
    throw new OptionError(
      `topic ${topic} has a sink with the folder ${existing.dir}, so another cannot use ${place}`,
    );
  if (existing) return existing.appender;
  const folder = dir === undefined ? memoryFolder() : nodeFolder(resolve(dir, topic));
  const appender = new TopicAppender(log, topic, folder);
  own.set(topic, { appender, dir: place });
  return appender;
}
