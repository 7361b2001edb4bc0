import type { AvroTap } from './avro-tap.ts';

/** Reads any 64-bit integer exactly, which avsc's own reader does up to 2 ** 52 only. */
export function readBigLong(tap: AvroTap): bigint {
  let zigzag = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = tap.buf[tap.pos++] ?? 0;
    zigzag |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
    if (shift > 63n) throw new Error('a long has more than ten bytes');
  }
  return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
}

/** Writes any 64-bit integer in the bytes of the specification. Bytes behind the end of the buffer are dropped, and counted. */
export function writeBigLong(tap: AvroTap, long: bigint): void {
  let zigzag = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
  for (; zigzag > 0x7fn; zigzag >>= 7n) tap.buf[tap.pos++] = Number(zigzag & 0x7fn) | 0x80;
  tap.buf[tap.pos++] = Number(zigzag);
}
