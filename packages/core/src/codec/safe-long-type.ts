import avsc from 'avsc';
import type { AvroTap } from './avro-tap.ts';

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
    return readExactly(tap.buf, start);
  }

  _write(tap: AvroTap, value: unknown): void {
    if (!Number.isSafeInteger(value)) throw new Error(`not a safe integer: ${String(value)}`);
    const long = value as number;
    if (long > -exactLimit && long < exactLimit) tap.writeLong(long);
    else writeExactly(tap, long);
  }
}

function readExactly(bytes: Buffer, start: number): number {
  const value = Number(readLongExactly(bytes, start));
  if (!Number.isSafeInteger(value)) throw new Error('a long is not a safe integer');
  return value;
}

/** Reads a long, whichever of its 64 bits it needs. */
export function readLongExactly(bytes: Buffer, start: number): bigint {
  let zigzag = 0n;
  let position = start;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[position++] ?? 0;
    zigzag |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
    if (shift > 63n) throw new Error('a long has more than ten bytes');
  }
  return (zigzag >> 1n) ^ -(zigzag & 1n);
}

function writeExactly(tap: AvroTap, value: number): void {
  const long = BigInt(value);
  let zigzag = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
  for (; zigzag > 0x7fn; zigzag >>= 7n) tap.buf[tap.pos++] = Number(zigzag & 0x7fn) | 0x80;
  tap.buf[tap.pos++] = Number(zigzag);
}
