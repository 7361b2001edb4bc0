/** The Castagnoli polynomial, its bits in reverse. */
const polynomial = 0x82f63b78;

/** `tables[k][b]` is the checksum of the byte `b` with `k` zero bytes behind it. */
const tables = makeTables();

function makeTables(): readonly Int32Array[] {
  const all = Array.from({ length: 8 }, () => new Int32Array(256));
  const [first] = all as [Int32Array];
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    first[byte] = crc;
  }
  for (let k = 1; k < 8; k++)
    for (let byte = 0; byte < 256; byte++) {
      const before = (all[k - 1] as Int32Array)[byte] as number;
      (all[k] as Int32Array)[byte] = (before >>> 8) ^ (first[before & 0xff] as number);
    }
  return all;
}

/**
 * The CRC-32C of `bytes` from `start` to `end`, as an unsigned 32-bit number: the checksum of a record batch.
 *
 * Eight bytes at a time. Source: RFC 3720, B.4, and Kounavis and Berry, "A Systematic Approach to
 * Building High Performance Software-based CRC Generators" (slicing-by-8).
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (t7[crc & 0xff] as number) ^
      (t6[(crc >>> 8) & 0xff] as number) ^
      (t5[(crc >>> 16) & 0xff] as number) ^
      (t4[crc >>> 24] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}
