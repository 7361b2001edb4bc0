import avsc from 'avsc';
import type { AvroTap } from './avro-tap.ts';
import { readBigLong, writeBigLong } from './long-bytes.ts';

/** From here on, the zigzag form of a negative number is no safe integer, and avsc's own long loses the sign. */
const exactLimit = 2 ** 52;

/** Avro's `long` as a number: every safe integer is exact, and no other is read or written. */
export class SafeLongType extends avsc.types.LongType {
  _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = Number.isSafeInteger(value);
    if (!fits) hook?.(value, this);
    return fits;
  }

  _read(tap: AvroTap): number {
    const start = tap.pos;
    const value = tap.readLong();
    if (value > -exactLimit && value < exactLimit) return value;
    tap.pos = start;
    return exactly(readBigLong(tap));
  }

  _write(tap: AvroTap, value: unknown): void {
    if (!Number.isSafeInteger(value)) throw new Error(`not a safe integer: ${String(value)}`);
    const long = value as number;
    if (long > -exactLimit && long < exactLimit) tap.writeLong(long);
    else writeBigLong(tap, BigInt(long));
  }
}

function exactly(long: bigint): number {
  const value = Number(long);
  if (Number.isSafeInteger(value)) return value;
  throw new Error(
    `a long is ${long}, and a number holds whole numbers up to ${Number.MAX_SAFE_INTEGER}: define the event with longs: 'bigint'`,
  );
}
