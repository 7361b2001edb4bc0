import { type EventLog, OffsetOutOfRangeError } from '@streamify/core';
import type { PartitionReader } from '@streamify/core/adapter';
import { CommitUnknownError } from '../errors.ts';
import { TaskRecords } from './task-records.ts';

/** The partition of a task in its job's checkpoint topic. */
export interface TaskPlace {
  readonly log: EventLog;
  readonly topic: string;
  readonly partition: number;
}

const atOnce = { maxRecords: 10_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Reads a task's records from the start, up to the one at offset `last`, which is its owner's.
 *
 * @throws CommitUnknownError when the record at `last` stays uncommitted for `patience` milliseconds.
 */
export async function readTask(
  place: TaskPlace,
  last: number,
  patience: number,
): Promise<TaskRecords> {
  return reading(place, async (reader) => {
    const records = new TaskRecords();
    const end = await readOn(reader, 0, { last, patience, records }).catch(async (cause) => {
      // Compaction keeps the start where it was, but people may not.
      if (!(cause instanceof OffsetOutOfRangeError)) throw cause;
      const { start } = await reader.bounds();
      return readOn(reader, start, { last, patience, records });
    });
    if (end > last) return records;
    throw new CommitUnknownError(
      `the transaction by which ${place.topic}/${place.partition} was taken over has not ended after ${patience} ms: open the task again`,
    );
  });
}

/** A task's records from an offset on. */
export interface Later {
  readonly records: TaskRecords;
  /** Whether all up to the offset asked for is committed, or aborted. */
  readonly isSettled: boolean;
}

/** Reads a task's records from offset `from` on, up to `last`, for which it waits up to `patience` milliseconds. */
export async function readLater(
  place: TaskPlace,
  range: { readonly from: number; readonly last: number },
  patience: number,
): Promise<Later> {
  return reading(place, async (reader) => {
    const records = new TaskRecords();
    const { from, last } = range;
    const end = await readOn(reader, from, { last, patience, records });
    return { records, isSettled: end > last };
  });
}

/** Reads the token of the owner that took a task over from `owner`, behind offset `from`; waits for it up to `patience` milliseconds. */
export async function readSuccessor(
  place: TaskPlace,
  { from, owner }: { readonly from: number; readonly owner: string },
  patience: number,
): Promise<string | undefined> {
  const records = new TaskRecords();
  const successor = () => (records.owner === owner ? undefined : records.owner);
  const isEnough = () => successor() !== undefined;
  const last = Number.POSITIVE_INFINITY;
  await reading(place, (reader) => readOn(reader, from, { last, patience, records, isEnough }));
  return successor();
}

async function reading<T>(
  { log, topic, partition }: TaskPlace,
  work: (reader: PartitionReader) => Promise<T>,
): Promise<T> {
  const reader = await log.reader(topic, partition);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

interface ReadOn {
  readonly last: number;
  readonly patience: number;
  readonly records: TaskRecords;
  /** Whether what was read is enough: a successor may write for ever. */
  readonly isEnough?: () => boolean;
}

/** Reads on, until enough is read or the time is over. Gives the offset to go on from. */
async function readOn(
  reader: PartitionReader,
  from: number,
  { last, patience, records, isEnough = () => false }: ReadOn,
): Promise<number> {
  let at = from;
  for (let until = performance.now() + patience; at <= last && !isEnough(); ) {
    const left = Math.max(0, until - performance.now());
    const slice = await reader.poll({ ...atOnce, from: at, maxWait: left });
    for (const record of slice.records) records.add(record);
    if (slice.next > at) until = performance.now() + patience;
    else if (left === 0) break;
    at = slice.next;
  }
  return at;
}
