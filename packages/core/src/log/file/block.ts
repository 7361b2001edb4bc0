import { crc32 } from 'node:zlib';
import { writeText } from '../../adapter/write-text.ts';
import { headersJson } from '../../codec/header-values.ts';
import { OptionError } from '../../contract/errors.ts';
import type { NewRecord } from '../../contract/event-log.ts';

/*
 * A block is what one append writes: a header, then its records. Integers are little-endian.
 *
 *   0  u32  magic            'SLB1'
 *   4  u32  length           of the block in bytes, header included
 *   8  u32  checksum         CRC-32 of everything behind it
 *  12  u32  count            of records
 *  16  u64  base offset      of the first record
 *  24  f64  logged at        epoch milliseconds, the same for all records
 *  32       records          u32 length of key, headers and value each, then those three
 */
const magic = 0x31424c53;
export const blockHeaderLength = 32;
export const recordHeaderLength = 12;

/** Blocks are no longer than this, unless a single record is. */
export const maxBlockLength = 1024 * 1024;
const maxRecordLength = 256 * 1024 * 1024;

export interface BlockHeader {
  readonly length: number;
  readonly count: number;
  readonly baseOffset: number;
  readonly loggedAt: number;
}

/**
 * Encodes records as blocks with the offsets from `baseOffset` on.
 *
 * @throws OptionError when a record is larger than 256 MiB, or a header is no text.
 */
export function encodeBlocks(
  records: readonly NewRecord[],
  baseOffset: number,
  loggedAt: number,
): Buffer[] {
  const blocks: Buffer[] = [];
  for (let next = 0; next < records.length; ) {
    const first = next;
    let capacity = blockHeaderLength;
    do {
      const length = longestLengthOf(records[next] as NewRecord);
      if (next > first && capacity + length > maxBlockLength) break;
      capacity += length;
      next += 1;
    } while (next < records.length);
    const block = Buffer.allocUnsafeSlow(capacity);
    let end = blockHeaderLength;
    for (let i = first; i < next; i++) end = writeRecord(block, end, records[i] as NewRecord);
    blocks.push(finish(block.subarray(0, end), next - first, baseOffset + first, loggedAt));
  }
  return blocks;
}

/** The most bytes that a record may take: text is at most three bytes a UTF-16 unit. */
function longestLengthOf({ key, value, headers }: NewRecord): number {
  const length =
    recordHeaderLength +
    3 * key.length +
    value.length +
    (headers ? 3 * headersJson(headers).length : 0);
  if (length > maxRecordLength)
    throw new OptionError(`a record of ${length} bytes is more than a log takes (256 MiB)`);
  return length;
}

function writeRecord(block: Buffer, start: number, { key, value, headers }: NewRecord): number {
  let end = start + recordHeaderLength;
  const keyLength = writeText(block, end, key);
  end += keyLength;
  const headersLength = headers ? block.write(headersJson(headers), end) : 0;
  end += headersLength;
  block.set(value, end);
  block.writeUInt32LE(keyLength, start);
  block.writeUInt32LE(headersLength, start + 4);
  block.writeUInt32LE(value.length, start + 8);
  return end + value.length;
}

function finish(block: Buffer, count: number, baseOffset: number, loggedAt: number): Buffer {
  block.writeUInt32LE(magic, 0);
  block.writeUInt32LE(block.length, 4);
  block.writeUInt32LE(count, 12);
  block.writeBigUInt64LE(BigInt(baseOffset), 16);
  block.writeDoubleLE(loggedAt, 24);
  block.writeUInt32LE(crc32(block.subarray(12)), 8);
  return block;
}

/** Reads the length that a block's header claims; `undefined` when not even the header is there. */
export function claimedLength(bytes: Buffer, at: number): number | undefined {
  return bytes.length - at < blockHeaderLength ? undefined : bytes.readUInt32LE(at + 4);
}

/** Reads and checks a block, of which at least the header is there. Gives what is wrong as text. */
export function readBlock(bytes: Buffer, at: number, expectedOffset: number): BlockHeader | string {
  const found = bytes.readUInt32LE(at);
  if (found !== magic) return `a block that starts with ${hex(found)}, not ${hex(magic)}`;
  const length = bytes.readUInt32LE(at + 4);
  if (length < blockHeaderLength || length > bytes.length - at)
    return `a block of ${length} bytes where ${bytes.length - at} are left`;
  const checksum = bytes.readUInt32LE(at + 8);
  const actual = crc32(bytes.subarray(at + 12, at + length));
  if (actual !== checksum)
    return `a block with the checksum ${hex(actual)}, not ${hex(checksum)} as it says`;
  const baseOffset = Number(bytes.readBigUInt64LE(at + 16));
  if (baseOffset !== expectedOffset)
    return `a block for offset ${baseOffset}, not ${expectedOffset}`;
  return {
    length,
    count: bytes.readUInt32LE(at + 12),
    baseOffset,
    loggedAt: bytes.readDoubleLE(at + 24),
  };
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
