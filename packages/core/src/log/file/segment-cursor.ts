import { LogCorruptedError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/event-log.ts';
import {
  type BlockHeader,
  blockHeaderLength,
  claimedLength,
  readBlock,
  recordHeaderLength,
} from './block.ts';
import type { DurableEnd } from './durable-end.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import { segmentPath } from './segments.ts';

/** Bytes to read at once. Records share the memory of the chunk that they were read with. */
const chunkLength = 1024 * 1024;

/** How much to read. */
interface Limits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Goes over the records of a partition in offset order, from block to block and segment to segment. */
export class SegmentCursor {
  readonly #dir: string;
  readonly #files: LogFiles;
  #segment: number;
  #file: LogFile;
  /** How long the segment is, once another one follows it. */
  #finalLength: number | undefined;
  /** Durable bytes of the segment, and where they stand in it. */
  #chunk: Buffer = Buffer.alloc(0);
  #chunkPosition = 0;
  /** The next block's or record's place in the chunk. */
  #at = 0;
  #recordsLeft = 0;
  #loggedAt = 0;
  #offset: number;

  private constructor(dir: string, files: LogFiles, segment: number, file: LogFile) {
    this.#dir = dir;
    this.#files = files;
    this.#segment = segment;
    this.#file = file;
    this.#offset = segment;
  }

  /** Starts at the first record of a segment. */
  static async open(dir: string, files: LogFiles, segment: number): Promise<SegmentCursor> {
    const file = await openSegment(files, dir, segment);
    return new SegmentCursor(dir, files, segment, file);
  }

  /** Offset of the next record. */
  get offset(): number {
    return this.#offset;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Goes to the record with this offset, which is not behind the cursor. */
  async skipTo(offset: number, end: DurableEnd): Promise<void> {
    while (this.#offset < offset && (await this.#enterBlock(end))) {
      const skipped = Math.min(this.#recordsLeft, offset - this.#offset);
      for (let i = 0; i < skipped; i++) this.#at = this.#endOfRecord();
      this.#recordsLeft -= skipped;
      this.#offset += skipped;
    }
  }

  /** When the next record was logged, in epoch milliseconds; `undefined` at the durable end. */
  async nextLoggedAt(end: DurableEnd): Promise<number | undefined> {
    return (await this.#enterBlock(end)) ? this.#loggedAt : undefined;
  }

  /** Goes to the first record that was logged at `timestamp` or later, or to the durable end. Gives its offset. */
  async skipToTime(timestamp: number, end: DurableEnd): Promise<number> {
    while (((await this.nextLoggedAt(end)) ?? timestamp) < timestamp)
      await this.skipTo(this.#offset + this.#recordsLeft, end);
    return this.#offset;
  }

  /** Reads records up to the durable end, or to the limits; at least one if there is one. */
  async read(end: DurableEnd, limits: Limits): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < limits.maxRecords) {
      // One promise a chunk, and none a block: blocks may be as small as a record.
      if (!this.#blockIsOpen() && !(await this.#enterBlock(end))) break;
      bytes = this.#readFromBlock(records, bytes, limits);
      if (bytes >= limits.maxBytes) break;
    }
    return records;
  }

  /** Gives the number of bytes so far; `Infinity` when the next record would be too much. */
  #readFromBlock(records: LogRecord[], before: number, { maxRecords, maxBytes }: Limits): number {
    let bytes = before;
    for (; this.#recordsLeft > 0 && records.length < maxRecords; this.#recordsLeft--) {
      const chunk = this.#chunk;
      const at = this.#at;
      const key = at + recordHeaderLength;
      const headers = key + chunk.readUInt32LE(at);
      const value = headers + chunk.readUInt32LE(at + 4);
      const end = value + chunk.readUInt32LE(at + 8);
      bytes += headers - key + end - value;
      if (bytes > maxBytes && records.length > 0) return Number.POSITIVE_INFINITY;
      const record = {
        key: chunk.toString('utf8', key, headers),
        value: chunk.subarray(value, end),
        offset: this.#offset,
        loggedAt: this.#loggedAt,
      };
      records.push(
        headers === value
          ? record
          : { ...record, headers: JSON.parse(chunk.toString('utf8', headers, value)) },
      );
      this.#at = end;
      this.#offset += 1;
    }
    return bytes;
  }

  #endOfRecord(): number {
    const [chunk, at] = [this.#chunk, this.#at];
    const lengths =
      chunk.readUInt32LE(at) + chunk.readUInt32LE(at + 4) + chunk.readUInt32LE(at + 8);
    return at + recordHeaderLength + lengths;
  }

  /** Makes sure that the next record is in the chunk; `false` at the durable end. */
  async #enterBlock(end: DurableEnd): Promise<boolean> {
    while (!this.#blockIsOpen()) if (!(await this.#load(end))) return false;
    return true;
  }

  /** Whether a record can be read without reading from the file. */
  #blockIsOpen(): boolean {
    if (this.#recordsLeft > 0) return true;
    const length = claimedLength(this.#chunk, this.#at);
    if (length === undefined || length > this.#chunk.length - this.#at) return false;
    this.#open(readBlock(this.#chunk, this.#at, this.#offset));
    return true;
  }

  #open(block: BlockHeader | string): void {
    if (typeof block === 'string') throw this.#corrupted(block);
    this.#at += blockHeaderLength;
    this.#recordsLeft = block.count;
    this.#loggedAt = block.loggedAt;
  }

  /** Reads a chunk that starts with the next block; `false` at the durable end. */
  async #load(end: DurableEnd): Promise<boolean> {
    const position = this.#chunkPosition + this.#at;
    const isLast = this.#segment === end.segment;
    const length = isLast ? end.position : await this.#lengthOfSegment();
    if (position === length) {
      if (isLast) return false;
      await this.#nextSegment();
      return true;
    }
    const partial = this.#chunk.length - this.#at;
    const claimed = claimedLength(this.#chunk, this.#at) ?? 0;
    const wanted = Math.min(Math.max(claimed, chunkLength), length - position);
    if (wanted <= partial || wanted < blockHeaderLength)
      throw this.#corrupted(`a block of ${claimed} bytes where ${wanted} are left`);

    const chunk = Buffer.allocUnsafeSlow(wanted);
    const filled = await this.#file.read(chunk, position);
    if (filled < wanted)
      throw this.#corrupted(`${filled} bytes where ${wanted} were durable: the file was cut short`);
    this.#chunk = chunk;
    this.#chunkPosition = position;
    this.#at = 0;
    return true;
  }

  async #lengthOfSegment(): Promise<number> {
    this.#finalLength ??= await this.#file.size();
    return this.#finalLength;
  }

  async #nextSegment(): Promise<void> {
    const next = await openSegment(this.#files, this.#dir, this.#offset);
    await this.#file.close();
    this.#file = next;
    this.#segment = this.#offset;
    this.#finalLength = undefined;
    this.#chunk = Buffer.alloc(0);
    this.#chunkPosition = 0;
    this.#at = 0;
  }

  #corrupted(found: string): LogCorruptedError {
    const file = segmentPath(this.#dir, this.#segment);
    const position = this.#chunkPosition + this.#at;
    return new LogCorruptedError(
      `${file} is damaged at byte ${position}, where offset ${this.#offset} should be: found ${found}; restore the file from a copy of the log`,
    );
  }
}

async function openSegment(files: LogFiles, dir: string, segment: number): Promise<LogFile> {
  const path = segmentPath(dir, segment);
  try {
    return await files.open(path, 'read');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new LogCorruptedError(
      `${path}, which should hold offset ${segment}, is missing; restore it from a copy of the log`,
      { cause },
    );
  }
}
