import { existsSync } from 'node:fs';
import { LogCorruptedError } from '../../contract/errors.ts';
import { blockHeaderLength, claimedLength, maxBlockLength, readBlock } from './block.ts';
import { type DurableEnd, DurableEndFile } from './durable-end.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { durableEndPath, segmentPath, segmentsIn } from './segments.ts';

/** Records and bytes that a writer found behind the durable end of a partition, left by a process that was killed. */
export interface Recovery {
  readonly topic: string;
  readonly partition: number;
  readonly file: string;
  /** Whole records that nobody had been told were durable. They are kept: they were to be appended. */
  readonly keptRecords: number;
  /** Bytes of a write that was cut short. They are dropped: nobody was told that they were durable. */
  readonly droppedBytes: number;
}

/** A partition that is ready to be written to. */
export interface RecoveredPartition {
  readonly file: LogFile;
  readonly durableEndFile: DurableEndFile;
  readonly end: DurableEnd;
  readonly recoveries: readonly Recovery[];
}

/**
 * Opens a partition for writing: goes through what stands behind its durable end, keeps whole
 * blocks, and cuts off a torn one.
 *
 * @throws LogCorruptedError when something is missing or damaged that was durable.
 */
export async function recoverPartition(
  place: PartitionPlace,
  files: LogFiles,
): Promise<RecoveredPartition> {
  const opened: LogFile[] = [];
  const open: LogFiles['open'] = async (path, mode) => {
    const file = await files.open(path, mode);
    opened.push(file);
    return file;
  };
  try {
    return await recover(place, { open });
  } catch (error) {
    // What cannot be recovered is not held open either: it may be tried again in this process.
    await Promise.allSettled(opened.map((file) => file.close()));
    throw error;
  }
}

async function recover(place: PartitionPlace, files: LogFiles): Promise<RecoveredPartition> {
  const { topic, partition, dir } = place;
  const path = durableEndPath(dir);
  const durableEndFile = new DurableEndFile(await openExisting(files, path), path);
  const durable = await durableEndFile.read();
  const last = (await segmentsIn(dir)).at(-1) as number;
  const recoveries: Recovery[] = [];
  let end = durable;
  let file = await openExisting(files, segmentPath(dir, end.segment));
  for (;;) {
    const name = segmentPath(dir, end.segment);
    const size = await file.size();
    if (size < end.position)
      throw new LogCorruptedError(
        `${name} has ${size} bytes, but ${end.position} of it were durable; restore it from a copy of the log`,
      );
    const whole = await scan(file, end, size);
    // A segment is only ever followed by another when all of it is durable.
    if (whole.position < size && end.segment !== last)
      throw new LogCorruptedError(
        `${name} is damaged at byte ${whole.position}, offset ${whole.end}, but ${segmentPath(dir, last)} goes on behind it; restore the partition from a copy of the log`,
      );
    if (whole.end > end.end || whole.position < size) {
      if (whole.position < size) await file.truncate(whole.position);
      await file.sync();
      recoveries.push({
        topic,
        partition,
        file: name,
        keptRecords: whole.end - end.end,
        droppedBytes: size - whole.position,
      });
    }
    end = whole;
    const next = segmentPath(dir, end.end);
    // An empty segment's successor would be itself.
    if (end.position === 0 || !existsSync(next)) break;
    await file.close();
    file = await files.open(next, 'update');
    end = { ...end, segment: end.end, position: 0 };
  }
  if (last !== end.segment)
    throw new LogCorruptedError(
      `${segmentPath(dir, last)} goes on at offset ${last}, but the segment before it ends at ${end.end}; restore the partition from a copy of the log`,
    );
  if (end.end > durable.end) await durableEndFile.write(end);
  return { file, durableEndFile, end, recoveries };
}

async function openExisting(files: LogFiles, path: string): Promise<LogFile> {
  try {
    return await files.open(path, 'update');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new LogCorruptedError(`${path} is missing; restore it from a copy of the log`, { cause });
  }
}

/** Goes over whole blocks, from the durable end on. */
async function scan(file: LogFile, from: DurableEnd, size: number): Promise<DurableEnd> {
  let { end, position, loggedAt } = from;
  let chunk: Buffer = Buffer.alloc(0);
  let at = 0;
  for (;;) {
    const needed = claimedLength(chunk, at) ?? blockHeaderLength;
    if (needed > size - position) break;
    if (needed > chunk.length - at) {
      const length = Math.min(size - position, Math.max(needed, maxBlockLength));
      chunk = await readAt(file, position, length);
      at = 0;
      if (chunk.length < needed) break;
      continue;
    }
    const block = readBlock(chunk, at, end);
    if (typeof block === 'string') break;
    end += block.count;
    position += block.length;
    at += block.length;
    loggedAt = block.loggedAt;
  }
  return { ...from, end, position, loggedAt };
}

async function readAt(file: LogFile, position: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafeSlow(length);
  return chunk.subarray(0, await file.read(chunk, position));
}
