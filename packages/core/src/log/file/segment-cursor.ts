import { LogCorruptedError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/event-log.ts';
import { blockHeaderLength } from './block.ts';
import { BlockCursor, type ReadLimits } from './block-cursor.ts';
import type { DurableEnd } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import { SegmentFile } from './segment-file.ts';

/** Bytes to read at once. Records share the memory of the chunk that they were read with. */
const chunkLength = 1024 * 1024;

/** Goes over the records of a partition in offset order, from chunk to chunk and segment to segment. */
export class SegmentCursor {
  readonly #dir: string;
  readonly #files: LogFiles;
  #segment: SegmentFile;
  /** Goes over the chunk that was read last. */
  readonly #blocks: BlockCursor;
  /** Where that chunk stands in the segment. */
  #chunkPosition = 0;

  private constructor(dir: string, files: LogFiles, segment: SegmentFile) {
    this.#dir = dir;
    this.#files = files;
    this.#segment = segment;
    this.#blocks = new BlockCursor(segment.base, (found) => this.#corrupted(found));
  }

  /** Starts at the first record of a segment. */
  static async open(dir: string, files: LogFiles, segment: number): Promise<SegmentCursor> {
    return new SegmentCursor(dir, files, await SegmentFile.open(dir, files, segment));
  }

  /** Offset of the next record. */
  get offset(): number {
    return this.#blocks.offset;
  }

  close(): Promise<void> {
    return this.#segment.close();
  }

  /** Goes to the record with this offset, which is not behind the cursor. */
  async skipTo(offset: number, end: DurableEnd): Promise<void> {
    while (this.offset < offset && (await this.#enterBlock(end)))
      this.#blocks.skip(offset - this.offset);
  }

  /** When the next record was logged, in epoch milliseconds; `undefined` at the durable end. */
  async nextLoggedAt(end: DurableEnd): Promise<number | undefined> {
    return (await this.#enterBlock(end)) ? this.#blocks.loggedAt : undefined;
  }

  /** Goes to the first record that was logged at `timestamp` or later, or to the durable end. Gives its offset. */
  async skipToTime(timestamp: number, end: DurableEnd): Promise<number> {
    while (((await this.nextLoggedAt(end)) ?? timestamp) < timestamp)
      this.#blocks.skip(this.#blocks.recordsLeft);
    return this.offset;
  }

  /** Reads records up to the durable end, or to the limits; at least one if there is one. */
  async read(end: DurableEnd, limits: ReadLimits): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < limits.maxRecords) {
      // One promise a chunk, and none a block: blocks may be as small as a record.
      if (!this.#blocks.enterBlock() && !(await this.#enterBlock(end))) break;
      bytes = this.#blocks.readInto(records, bytes, limits);
      if (bytes >= limits.maxBytes) break;
    }
    return records;
  }

  /** Makes sure that the next record is in memory; `false` at the durable end. */
  async #enterBlock(end: DurableEnd): Promise<boolean> {
    while (!this.#blocks.enterBlock()) if (!(await this.#load(end))) return false;
    return true;
  }

  /** Reads a chunk that starts with the next block; `false` at the durable end. */
  async #load(end: DurableEnd): Promise<boolean> {
    const position = this.#position;
    const length = await this.#segment.durableLength(end);
    if (position === length) {
      if (this.#segment.base === end.segment) return false;
      await this.#nextSegment();
      return true;
    }
    const { left, claimed = 0 } = this.#blocks;
    const wanted = Math.min(Math.max(claimed, chunkLength), length - position);
    if (wanted <= left || wanted < blockHeaderLength)
      throw this.#corrupted(`a block of ${claimed} bytes where ${wanted} are left`);

    const chunk = await this.#segment.read(position, wanted);
    if (chunk.length < wanted)
      throw this.#corrupted(
        `${chunk.length} bytes where ${wanted} were durable: the file was cut short`,
      );
    this.#blocks.load(chunk);
    this.#chunkPosition = position;
    return true;
  }

  async #nextSegment(): Promise<void> {
    const next = await SegmentFile.open(this.#dir, this.#files, this.offset);
    await this.#segment.close();
    this.#segment = next;
    this.#blocks.load(Buffer.alloc(0));
    this.#chunkPosition = 0;
  }

  /** Where the next block or record stands in the segment. */
  get #position(): number {
    return this.#chunkPosition + this.#blocks.position;
  }

  #corrupted(found: string): LogCorruptedError {
    return new LogCorruptedError(
      `${this.#segment.path} is damaged at byte ${this.#position}, where offset ${this.offset} should be: found ${found}; restore the file from a copy of the log`,
    );
  }
}
