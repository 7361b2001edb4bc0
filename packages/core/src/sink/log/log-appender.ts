import { resolve } from 'node:path';
import { endOffsets } from '../../adapter/end-offsets.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import {
  ForeignWriterError,
  OffsetOutOfRangeError,
  OptionError,
  PartitionCountError,
  TopicRecreatedError,
} from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { Folder } from '../../durable/folder.ts';
import { memoryFolder } from '../../durable/memory-folder.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { partPath, publishParts } from '../ledger/ledger-entry.ts';
import { lastEntry } from '../ledger/stored-entries.ts';
import { findLastCommit, type LastCommit, type Stretch } from './last-commit.ts';
import { decodeRecords, encodeRecords } from './records-file.ts';

/** The offset at which each partition of a topic ends, and which topic that is. */
type TopicEnds = Pick<Stretch, 'ends' | 'topicId'>;

/** Records by the topic that they go to. */
export type RecordsByTopic = ReadonlyMap<string, readonly NewRecord[]>;

/**
 * Appends the records of commits to topics of a log, each commit's once. A log has no transactions over
 * partitions and topics, so a commit writes its records down first, with the offsets that they will get;
 * that is the point where it happens. What a crash leaves unappended is seen from the offsets, and
 * appended before anything else is.
 *
 * There is one for all topics whose checkpoints are in one folder, because only commits that take turns
 * know their offsets beforehand.
 */
export class LogAppender {
  readonly folder: Folder;
  readonly #log: EventLog;
  /** Where a topic must end; it is missing when an interrupted commit may have to be finished. */
  readonly #ends = new Map<string, TopicEnds>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: EventLog, folder: Folder) {
    this.#log = log;
    this.folder = folder;
  }

  /** Runs `work` once no other work of this appender is under way. */
  async exclusively<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /**
   * Commits records: `store` makes them and their offsets durable, and throws when it may not.
   * Only within {@link exclusively}.
   *
   * @throws ForeignWriterError when a topic holds records that no commit wrote.
   */
  async append(
    batches: RecordsByTopic,
    store: (
      stretches: Readonly<Record<string, Stretch>>,
      file: Uint8Array | undefined,
    ) => Promise<void>,
  ): Promise<void> {
    const stretches: Record<string, Stretch> = {};
    for (const [topic, records] of batches)
      stretches[topic] = stretchOf(topic, records, await this.settledEnds(topic));
    for (const topic of batches.keys()) this.#ends.delete(topic);
    const isEmpty = [...batches.values()].every(({ length }) => length === 0);
    await store(stretches, isEmpty ? undefined : encodeRecords(batches));
    for (const [topic, records] of batches) {
      const { ends, topicId } = stretches[topic] as Stretch;
      if (records.length > 0) {
        await this.#log.publish(topic, records);
        this.#assertEnds(topic, ends, await endOffsets(this.#log, topic));
      }
      this.#ends.set(topic, { ends, topicId });
    }
  }

  /**
   * Gives the offset at which each partition of a topic ends, once the records that the last commit did not
   * get to are appended. Only within {@link exclusively}.
   *
   * @throws TopicRecreatedError when the topic is another than the one that jobs wrote to.
   * @throws ForeignWriterError when the topic holds records that no commit wrote.
   */
  async settledEnds(topic: string): Promise<TopicEnds> {
    const topicId = await this.#log.topicId(topic);
    const actual = await endOffsets(this.#log, topic);
    const known = this.#ends.get(topic);
    if (known) {
      assertSame(topic, known.topicId, topicId);
      this.#assertEnds(topic, known.ends, actual);
      return known;
    }
    const last = await findLastCommit(this.folder, topic);
    assertSame(topic, last?.stretch.topicId, topicId);
    const expected = last?.stretch.ends ?? actual.map(() => 0);
    if (expected.length !== actual.length)
      throw new PartitionCountError(
        `topic ${topic} has ${actual.length} partitions, and had ${expected.length} when a job last wrote to it`,
      );
    const missing = last && actual.some((end, p) => end < (expected[p] ?? 0));
    if (missing) await this.#appendRest(topic, last, actual);
    this.#assertEnds(topic, expected, await endOffsets(this.#log, topic));
    const settled = { ends: expected, topicId };
    this.#ends.set(topic, settled);
    return settled;
  }

  /** The topics that a task has ever written to, as far as its last commit says. */
  async topicsOf(task: Folder): Promise<readonly string[]> {
    const entry = (await lastEntry(task))?.entry;
    if (!entry) return [];
    await publishParts(task, entry);
    const { stretches = {} } = (entry.sink ?? {}) as { readonly stretches?: object };
    return Object.keys(stretches);
  }

  async #appendRest(
    topic: string,
    { task, entry, stretch }: LastCommit,
    actual: readonly number[],
  ): Promise<void> {
    const file = await task.read(partPath('records', entry.epoch));
    const records = file && entry.parts.includes('records') ? decodeRecords(file, topic) : [];
    const seen = [...stretch.starts];
    const rest = records.filter((record) => {
      const partition = targetPartition(topic, seen.length, record);
      const offset = seen[partition] ?? 0;
      seen[partition] = offset + 1;
      return offset >= (actual[partition] ?? 0);
    });
    for (const [partition, end] of actual.entries()) {
      const offset = file ? (stretch.starts[partition] ?? 0) : (stretch.ends[partition] ?? 0);
      if (end < offset)
        throw new OffsetOutOfRangeError({ topic, partition, offset, start: 0, end });
    }
    await this.#log.publish(topic, rest);
  }

  #assertEnds(topic: string, expected: readonly number[], actual: readonly number[]): void {
    for (const [partition, end] of actual.entries())
      if (end !== expected[partition])
        throw new ForeignWriterError(
          `${topic}/${partition} ends at ${end}, and at ${expected[partition]} by what its jobs have committed: something else writes to it, or their folder is not the one they had; a topic with a log sink has no other writer`,
        );
  }
}

/** A topic that was made again lacks what jobs have committed to it, and a checkpoint would say that it is there. */
function assertSame(topic: string, known: string | undefined, now: string | undefined): void {
  if (known === undefined || now === undefined || known === now) return;
  throw new TopicRecreatedError(
    `topic ${topic} was deleted and made again since jobs last wrote to it, and lacks what they have committed: give the jobs that write to it new names and their sinks another dir, under which they start over`,
    topic,
  );
}

/** Where records will stand behind the ends that a topic has. */
function stretchOf(
  topic: string,
  records: readonly NewRecord[],
  { ends: starts, topicId }: TopicEnds,
): Stretch {
  const ends = [...starts];
  for (const record of records) {
    const partition = targetPartition(topic, ends.length, record);
    ends[partition] = (ends[partition] ?? 0) + 1;
  }
  return { starts, ends, topicId };
}

/** The appenders of a log by the place of their folders, and which of them a topic has. */
interface Appenders {
  readonly byPlace: Map<string, LogAppender>;
  readonly placeOf: Map<string, string>;
}

/** Appenders of this process. */
const appenders = new WeakMap<EventLog, Appenders>();

/**
 * The one appender of a topic.
 *
 * @throws OptionError when the topic has one whose commits are elsewhere.
 */
export function logAppender(log: EventLog, topic: string, dir: string | undefined): LogAppender {
  const own = appenders.get(log) ?? { byPlace: new Map(), placeOf: new Map() };
  appenders.set(log, own);
  const place = dir === undefined ? 'memory' : resolve(dir);
  const before = own.placeOf.get(topic) ?? place;
  if (before !== place)
    throw new OptionError(
      `topic ${topic} has a sink with the folder ${before}, so another cannot use ${place}`,
    );
  own.placeOf.set(topic, place);
  const folder = () => (dir === undefined ? memoryFolder() : nodeFolder(place));
  const appender = own.byPlace.get(place) ?? new LogAppender(log, folder());
  own.byPlace.set(place, appender);
  return appender;
}
