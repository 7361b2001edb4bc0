import type { EventType, RecordSchema } from './event-type.ts';
import type { Headers } from './headers.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import type { TopicCodec, TopicOptions } from './topic-codec.ts';

/** A record that a producer publishes: it has no offset yet. */
export interface NewRecord {
  /** Records of one key keep their order: they share a partition. */
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers?: Headers;
  /** The partition to append to. Default: that of the key. */
  readonly partition?: number;
}

/** A record as it stands in a partition. */
export interface LogRecord extends Omit<NewRecord, 'partition'> {
  readonly offset: number;
  /** When the log appended it, in epoch milliseconds. */
  readonly loggedAt: number;
}

/** The first offset that a partition still holds, and the offset that its next record will get. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** How much of a partition to read. */
export interface PollRequest {
  /** Offset of the first record wanted. */
  readonly from: number;
  /** Most records to return. */
  readonly maxRecords: number;
  /** Most bytes of keys and values to return; a single larger record is returned all the same. */
  readonly maxBytes: number;
  /** How long to wait for a first record, in milliseconds. 0 returns at once. */
  readonly maxWait: number;
  /** Ends the wait early, with no records. */
  readonly signal?: AbortSignal;
}

/** Durable records in offset order, and where to go on. */
export interface Slice {
  readonly records: readonly LogRecord[];
  /** Offset to poll from next: past the last record, and past offsets that hold none. */
  readonly next: number;
}

/** Reads one partition. One poll at a time. */
export interface PartitionReader {
  /**
   * Returns durable records from `from` on; none when `maxWait` passes.
   *
   * @throws OffsetOutOfRangeError when `from` is below the start or beyond the end of the log.
   * @throws UnknownTopicError once the topic is deleted, a poll that waits included.
   */
  poll(request: PollRequest): Promise<Slice>;
  bounds(): Promise<Bounds>;
  /**
   * Offset behind the last record that is written, be it durable yet or in a transaction that has not ended:
   * a run that is to read all there is waits for them. Logs without transactions have none.
   */
  written?(): Promise<number>;
  /** Offset of the first record that was logged at `timestamp`, in epoch milliseconds, or later; the end of the log if none was. */
  offsetAt(timestamp: number): Promise<number>;
  close(): Promise<void>;
}

/** Hears which partitions a job gets and loses. Several calls may be under way for different partitions. */
export interface AssignmentListener {
  /**
   * The partition is this member's. Called again for one that it holds when the group has agreed
   * anew: who gave it up in the meantime, because another had taken it over, takes it again.
   */
  assigned(partition: number): void;
  /** The partition is released when this resolves. */
  revoked(partition: number): Promise<void>;
}

/** The share of some topics' partitions that this process works on. */
export interface Assignment {
  /** Whether partitions come and go while it lasts, because other processes may join the group. */
  readonly isShared: boolean;
  /** Rejects when the log can no longer assign partitions. Resolves at `close`. */
  readonly ended: Promise<void>;
  /** Notes how far a partition is done, for those who watch the group's lag. No job starts from there. */
  committed?(topic: string, partition: number, next: number): void;
  close(): Promise<void>;
}

/**
 * An append-only log of keyed records in topics and partitions: the only truth of a job.
 *
 * Every implementation passes `logContract` of `@streamify/core/testing`.
 */
export interface EventLog {
  readonly registry: SchemaRegistry;
  /**
   * Creates a topic, or does nothing when it exists with as many partitions.
   *
   * @throws PartitionCountError when it exists with another count.
   */
  createTopic(topic: string, options: { readonly partitions: number }): Promise<void>;
  /**
   * Deletes a topic with all its records, for good; does nothing where there is no such topic. Its
   * readers fail from then on, and a topic that is made later under its name starts empty at offset
   * 0. Checkpoints of jobs that read it, and schemas, stay where they are.
   */
  deleteTopic(topic: string): Promise<void>;
  /** Number of partitions, `undefined` when there is no such topic. */
  partitions(topic: string): Promise<number | undefined>;
  /**
   * Tells a topic from any other that had, or gets, its name: another one that is made later under it has
   * another id. Jobs keep it with their checkpoints. `undefined` when there is no such topic, or the log
   * cannot tell.
   */
  topicId(topic: string): Promise<string | undefined>;
  /**
   * Appends records. They are durable, and readable, when the promise resolves.
   *
   * @throws UnknownTopicError when there is no such topic.
   * @throws PartitionCountError when a record names a partition that the topic does not have.
   *   Nothing is appended then.
   */
  publish(topic: string, records: readonly NewRecord[]): Promise<void>;
  /** @throws PartitionCountError when the topic has no such partition. */
  reader(topic: string, partition: number): Promise<PartitionReader>;
  /**
   * Shares the partitions of `topics`, which have equally many, among the members of `group`.
   * A log of a single process assigns all of them at once. Resolves once the first share, which may
   * be empty, has been assigned.
   */
  assign(
    group: string,
    topics: readonly string[],
    listener: AssignmentListener,
  ): Promise<Assignment>;
  /** A topic of one event type, and how its values are written: by default as Avro with the registry's schema id. */
  topic<S extends RecordSchema, T>(
    name: string,
    type: EventType<S, T>,
    options?: TopicOptions,
  ): Topic<T>;
  close(): Promise<void>;
}

/** A topic of one event type: jobs read from it, and producers publish to it. */
export interface Topic<T> {
  readonly name: string;
  readonly log: EventLog;
  readonly type: EventType<RecordSchema, T>;
  /** How its values are written and read. */
  readonly codec: TopicCodec<T>;
  /** What becomes of records without a value. */
  readonly tombstones: 'skip' | 'dead-letter';
  /** Encodes and appends events, each to the partition of its key. Durable when the promise resolves. */
  publish(values: readonly T[]): Promise<void>;
}
