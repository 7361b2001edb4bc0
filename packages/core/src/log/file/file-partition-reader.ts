import { checkLimits, checkRange } from '../../adapter/check-poll.ts';
import type { HighWatermark } from '../../adapter/high-watermark.ts';
import { ClosedError } from '../../contract/errors.ts';
import type { Bounds, LogRecord, PartitionReader, PollRequest } from '../../contract/event-log.ts';
import type { DurableEnd } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { segmentsIn } from './segments.ts';

/** What a reader needs to know of a partition, whoever writes to it. */
export interface ReadablePartition {
  readonly place: PartitionPlace;
  readonly highWatermark: HighWatermark;
  /** How far it is durable now. */
  refresh(): Promise<DurableEnd>;
  /** Called when a reader is about to wait, so that `highWatermark` advances. */
  follow(): void;
  close(): Promise<void>;
}

/** Reads a partition from its files, up to its durable end. Closes the partition with itself. */
export function filePartitionReader(
  partition: ReadablePartition,
  files: LogFiles,
  logClosing: AbortSignal,
): PartitionReader {
  const { place, highWatermark } = partition;
  const closing = new AbortController();
  let cursor: SegmentCursor | undefined;
  let polling: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const checkOpen = () => {
    if (logClosing.aborted) throw new ClosedError('the log is closed');
    if (closing.signal.aborted) throw new ClosedError('the reader is closed');
  };

  const bounds = async (): Promise<Bounds> => {
    const { end } = await partition.refresh();
    const [start] = await segmentsIn(place.dir);
    return { start, end };
  };

  const cursorAt = async (request: PollRequest, end: DurableEnd): Promise<SegmentCursor> => {
    const { from } = request;
    if (cursor?.offset === from) return cursor;
    const segments = await segmentsIn(place.dir);
    checkRange(request, place, { start: segments[0], end: end.end });
    await dropCursor();
    const segment = segments.findLast((base) => base <= from) ?? segments[0];
    cursor = await SegmentCursor.open(place.dir, files, segment);
    await cursor.skipTo(from, end);
    return cursor;
  };

  const dropCursor = async () => {
    const dropped = cursor;
    cursor = undefined;
    await dropped?.close();
  };

  const read = async (request: PollRequest): Promise<LogRecord[]> => {
    const { from, maxWait, signal } = request;
    let end = await partition.refresh();
    const at = await cursorAt(request, end);
    if (from === end.end && maxWait > 0) {
      const wait = highWatermark.waitBeyond(from, maxWait, [signal, closing.signal, logClosing]);
      partition.follow();
      await wait;
      if (closing.signal.aborted || logClosing.aborted) return [];
      end = await partition.refresh();
    }
    return at.read(end, request);
  };

  /** After a failure the cursor stands anywhere; the next poll starts anew. */
  const poll = async (request: PollRequest) => {
    try {
      const records = await read(request);
      return { records, next: request.from + records.length };
    } catch (error) {
      await dropCursor();
      throw error;
    }
  };

  return {
    poll(request) {
      try {
        checkOpen();
        checkLimits(request);
      } catch (error) {
        return Promise.reject(error);
      }
      const slice = poll(request);
      polling = slice.catch(() => undefined);
      return slice;
    },
    async bounds() {
      checkOpen();
      return bounds();
    },
    offsetAt(timestamp) {
      try {
        checkOpen();
      } catch (error) {
        return Promise.reject(error);
      }
      return offsetAt(partition, files, timestamp);
    },
    close() {
      closing.abort();
      closed ??= polling.then(dropCursor).then(() => partition.close());
      return closed;
    },
  };
}

/** Looks for the segment by its first record, and in it block by block: a log's time never goes back. */
async function offsetAt(
  partition: ReadablePartition,
  files: LogFiles,
  timestamp: number,
): Promise<number> {
  const { dir } = partition.place;
  const end = await partition.refresh();
  const segments = await segmentsIn(dir);
  let offset = segments[0];
  for (const segment of segments.reverse()) {
    const cursor = await SegmentCursor.open(dir, files, segment);
    try {
      const loggedAt = await cursor.nextLoggedAt(end);
      if (loggedAt !== undefined && loggedAt >= timestamp) offset = segment;
      else return await cursor.skipToTime(timestamp, end);
    } finally {
      await cursor.close();
    }
  }
  return offset;
}
