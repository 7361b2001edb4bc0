import { crc32 } from 'node:zlib';
import { LogCorruptedError } from '../../contract/errors.ts';
import type { LogFile } from './log-files.ts';

/** How far a partition's records are durable: readers go no further, and a writer goes on from there. */
export interface DurableEnd {
  /** The offset that the next record will get. */
  readonly end: number;
  /** Base offset of the segment that the next block goes to, and where in it. */
  readonly segment: number;
  readonly position: number;
  /** When the last record was logged, in epoch milliseconds. */
  readonly loggedAt: number;
}

const magic = 0x31454453;
const slotLength = 40;
/** Two slots in two sectors: a write that is cut short leaves the other one whole. */
const slotDistance = 512;
export const durableEndFileLength = slotDistance + slotLength;

/** Keeps a partition's durable end in a small file with two slots, written in turn. */
export class DurableEndFile {
  readonly #file: LogFile;
  readonly #path: string;
  #slot = 0;

  constructor(file: LogFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** @throws LogCorruptedError when neither slot is whole. */
  async read(): Promise<DurableEnd> {
    const bytes = Buffer.alloc(durableEndFileLength);
    await this.#file.read(bytes, 0);
    const slots = [readSlot(bytes, 0), readSlot(bytes, slotDistance)];
    const [first, second] = slots;
    const newest = first && second ? (first.end >= second.end ? first : second) : (first ?? second);
    if (!newest)
      throw new LogCorruptedError(
        `${this.#path} has no whole entry, so nothing says how far the partition is durable; restore the file from a copy of the log`,
      );
    this.#slot = newest === first ? 1 : 0;
    return newest;
  }

  async write(end: DurableEnd): Promise<void> {
    await this.#file.write(encodeSlot(end), this.#slot * slotDistance);
    this.#slot = 1 - this.#slot;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function encodeSlot({ end, segment, position, loggedAt }: DurableEnd): Buffer {
  const bytes = Buffer.alloc(slotLength);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeBigUInt64LE(BigInt(end), 8);
  bytes.writeBigUInt64LE(BigInt(segment), 16);
  bytes.writeBigUInt64LE(BigInt(position), 24);
  bytes.writeDoubleLE(loggedAt, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

function readSlot(bytes: Buffer, at: number): DurableEnd | undefined {
  const slot = bytes.subarray(at, at + slotLength);
  if (slot.readUInt32LE(0) !== magic || slot.readUInt32LE(4) !== crc32(slot.subarray(8)))
    return undefined;
  return {
    end: Number(slot.readBigUInt64LE(8)),
    segment: Number(slot.readBigUInt64LE(16)),
    position: Number(slot.readBigUInt64LE(24)),
    loggedAt: slot.readDoubleLE(32),
  };
}
