import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { readBigLong } from '../long-bytes.ts';

const exactLimit = 2 ** 52;

/** Reads an int, and no number beyond 32 bits. */
export function readInt(tap: AvroTap): number {
  const value = tap.readLong();
  if ((value | 0) !== value) throw new Error(`an int is ${value}, which has more than 32 bits`);
  return value;
}

/** Reads a long as the double that is nearest. */
export function readDoubleOf(tap: AvroTap): number {
  const { pos } = tap;
  const value = tap.readLong();
  if (Math.abs(value) < exactLimit) return value;
  tap.pos = pos;
  return Number(readBigLong(tap));
}

/** Reads a number of ticks in another unit, rounded down where that is coarser. */
export function readTicks(ratio: number, place: string): AvroReader {
  const read =
    ratio < 1 ? divided(Math.round(1 / ratio)) : (tap: AvroTap) => readDoubleOf(tap) * ratio;
  return {
    _read(tap) {
      const value = read(tap);
      if (Number.isSafeInteger(value)) return value;
      throw new Error(`${place} would be ${value}, which is not a safe integer`);
    },
  };
}

/** Nanoseconds of today are no safe integers, so they are divided before they become a number. */
const divided = (divisor: number) => (tap: AvroTap) => {
  const { pos } = tap;
  const value = tap.readLong();
  if (Math.abs(value) < exactLimit) return Math.floor(value / divisor);
  tap.pos = pos;
  const long = readBigLong(tap);
  const rest = BigInt.asIntN(64, long % BigInt(divisor));
  return Number((long - rest) / BigInt(divisor)) - (rest < 0n ? 1 : 0);
};
