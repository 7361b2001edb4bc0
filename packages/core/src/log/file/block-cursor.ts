import { readHeadersJson } from '../../codec/header-values.ts';
import type { LogCorruptedError } from '../../contract/errors.ts';
import type { LogRecord } from '../../contract/event-log.ts';
import { blockHeaderLength, claimedLength, readBlock, recordHeaderLength } from './block.ts';

/** How much to read. */
export interface ReadLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Goes over the records of blocks in memory, in offset order. Records share that memory. */
export class BlockCursor {
  readonly #damaged: (found: string) => LogCorruptedError;
  #bytes: Buffer = Buffer.alloc(0);
  /** The next block's or record's place in the bytes. */
  #at = 0;
  #recordsLeft = 0;
  #loggedAt = 0;
  #offset: number;

  /** @param damaged makes the error for a block that is not what it should be. */
  constructor(offset: number, damaged: (found: string) => LogCorruptedError) {
    this.#offset = offset;
    this.#damaged = damaged;
  }

  /** Offset of the next record. */
  get offset(): number {
    return this.#offset;
  }

  /** Its place in the bytes. */
  get position(): number {
    return this.#at;
  }

  /** How many bytes are left behind it. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** How long the next block says that it is; `undefined` when not even its header is there. */
  get claimed(): number | undefined {
    return claimedLength(this.#bytes, this.#at);
  }

  /** Records of the block that are still to come. */
  get recordsLeft(): number {
    return this.#recordsLeft;
  }

  /** When the next record was logged, in epoch milliseconds. Only within a block. */
  get loggedAt(): number {
    return this.#loggedAt;
  }

  /** Goes on with bytes that start with the next block. */
  load(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /**
   * Whether the next record is there. Enters the next block where one has ended.
   *
   * @throws LogCorruptedError when that one is damaged.
   */
  enterBlock(): boolean {
    if (this.#recordsLeft > 0) return true;
    const { claimed } = this;
    if (claimed === undefined || claimed > this.left) return false;
    const block = readBlock(this.#bytes, this.#at, this.#offset);
    if (typeof block === 'string') throw this.#damaged(block);
    this.#at += blockHeaderLength;
    this.#recordsLeft = block.count;
    this.#loggedAt = block.loggedAt;
    return true;
  }

  /** Passes over records of the block, as many as it has at most. */
  skip(count: number): void {
    const skipped = Math.min(this.#recordsLeft, count);
    for (let i = 0; i < skipped; i++) this.#at = this.#endOfRecord();
    this.#recordsLeft -= skipped;
    this.#offset += skipped;
  }

  /**
   * Adds records of the block, of which there are `before` bytes already. Gives the number of bytes
   * so far; `Infinity` when the next record would be too much.
   */
  readInto(records: LogRecord[], before: number, { maxRecords, maxBytes }: ReadLimits): number {
    let bytes = before;
    for (; this.#recordsLeft > 0 && records.length < maxRecords; this.#recordsLeft--) {
      const chunk = this.#bytes;
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
          : { ...record, headers: readHeadersJson(chunk.toString('utf8', headers, value)) },
      );
      this.#at = end;
      this.#offset += 1;
    }
    return bytes;
  }

  #endOfRecord(): number {
    const [bytes, at] = [this.#bytes, this.#at];
    const lengths =
      bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) + bytes.readUInt32LE(at + 8);
    return at + recordHeaderLength + lengths;
  }
}
