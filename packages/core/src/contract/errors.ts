import type { DeadLetter } from './dead-letter.ts';

/** Base of every error that a caller can act on. `code` is stable; the message is for people. */
export abstract class StreamifyError extends Error {
  abstract readonly code: `STREAMIFY_${string}`;
  /** Whether another try could not mend it: a job that retries ends at such an error all the same. */
  readonly isFinal: boolean = true;
  override get name(): string {
    return this.constructor.name;
  }
}

/** An option has a value that cannot work. Thrown at construction. */
export class OptionError extends StreamifyError {
  readonly code = 'STREAMIFY_OPTION';
}

/** Another owner has taken the task over; this one must stop and not retry. */
export class FencedError extends StreamifyError {
  readonly code = 'STREAMIFY_FENCED';
}

/** A checkpoint points outside the log: records were deleted, or the log is not the one it was. */
export class OffsetOutOfRangeError extends StreamifyError {
  readonly code = 'STREAMIFY_OFFSET_OUT_OF_RANGE';
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** What the log holds: the first offset, and the one that its next record will get. */
  readonly start: number;
  readonly end: number;

  /** @param where `advice` says what to do, in place of nothing. */
  constructor(where: {
    topic: string;
    partition: number;
    offset: number;
    start: number;
    end: number;
    advice?: string;
  }) {
    const { topic, partition, offset, start, end, advice } = where;
    super(
      `offset ${offset} of ${topic}/${partition} is outside the log, which holds ${start} to ${end}${advice === undefined ? '' : `: ${advice}`}`,
    );
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.start = start;
    this.end = end;
  }
}

/** A topic was deleted and made again: what was noted of it belongs to another one of its name. */
export class TopicRecreatedError extends StreamifyError {
  readonly code = 'STREAMIFY_TOPIC_RECREATED';
  readonly topic: string;

  constructor(message: string, topic: string) {
    super(message);
    this.topic = topic;
  }
}

/** The log's files are damaged where they were known to be whole. */
export class LogCorruptedError extends StreamifyError {
  readonly code = 'STREAMIFY_LOG_CORRUPTED';
}

/** Another live process, or this one, has this log open for writing. */
export class LogLockedError extends StreamifyError {
  readonly code = 'STREAMIFY_LOG_LOCKED';
  override readonly isFinal = false;
  /** The process that has it open. */
  readonly pid: number;

  constructor(message: string, pid: number) {
    super(message);
    this.pid = pid;
  }
}

/** The log, its reader, or a sink's task was closed before this call. */
export class ClosedError extends StreamifyError {
  readonly code = 'STREAMIFY_CLOSED';
}

/** A topic has another number of partitions than expected. */
export class PartitionCountError extends StreamifyError {
  readonly code = 'STREAMIFY_PARTITION_COUNT';
}

/** There is no such topic. */
export class UnknownTopicError extends StreamifyError {
  readonly code = 'STREAMIFY_UNKNOWN_TOPIC';
}

/** A value does not fit its schema, or bytes do not decode. */
export class CodecError extends StreamifyError {
  readonly code = 'STREAMIFY_CODEC';
}

/** A schema cannot be registered or found. */
export class SchemaError extends StreamifyError {
  readonly code = 'STREAMIFY_SCHEMA';
}

/** A pipeline does what no checkpoint could cover. */
export class PipelineError extends StreamifyError {
  readonly code = 'STREAMIFY_PIPELINE';
}

/** The saved state was written by another pipeline. */
export class StateMismatchError extends StreamifyError {
  readonly code = 'STREAMIFY_STATE_MISMATCH';
}

/** More events became dead letters than the job allows: something else than the events is wrong. */
export class DeadLetterLimitError extends StreamifyError {
  readonly code = 'STREAMIFY_DEAD_LETTER_LIMIT';
}

/** Another writer appends to a topic that a sink must have for itself. */
export class ForeignWriterError extends StreamifyError {
  readonly code = 'STREAMIFY_FOREIGN_WRITER';
}

/** A table exists with other columns than its schema gives. */
export class TableMismatchError extends StreamifyError {
  readonly code = 'STREAMIFY_TABLE_MISMATCH';
}

/** An event could not be processed, in a job that fails at the first such event. */
export class PoisonError extends StreamifyError {
  readonly code = 'STREAMIFY_POISON';
  /** The event, with its position and what was wrong. */
  readonly letter: DeadLetter;

  constructor(message: string, letter: DeadLetter) {
    super(message);
    this.letter = letter;
  }
}
