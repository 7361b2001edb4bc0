import type { AvroTap } from '../avro-tap.ts';

/** The next bytes, not copied. */
export function takeBytes(tap: AvroTap, length: number): Buffer {
  const { buf, pos } = tap;
  if (length < 0) throw new Error(`a length is ${length}`);
  if (pos + length > buf.length) throw new Error(`truncated after ${buf.length} bytes`);
  tap.pos = pos + length;
  return buf.subarray(pos, pos + length);
}

/** The number of a union's branch, or of an enum's symbol. */
export function takeIndex(tap: AvroTap, length: number, what: string): number {
  const index = tap.readLong();
  if (index >= 0 && index < length) return index;
  if (tap.pos > tap.buf.length) throw new Error(`truncated after ${tap.buf.length} bytes`);
  throw new Error(`${what} has no number ${index}: it was written with ${length}`);
}
