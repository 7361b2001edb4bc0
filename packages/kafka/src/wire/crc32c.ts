/** The Castagnoli polynomial, its bits in reverse. */
const polynomial = 0x82f63b78;

/** At `256 * k + b` the checksum of the byte `b` with `k` zero bytes behind it, for `k` up to 7. */
const table = makeTable();

function makeTable(): Int32Array {
  const checksums = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    checksums[byte] = crc;
  }
  for (let i = 256; i < checksums.length; i++) {
    const before = checksums[i - 256] as number;
    checksums[i] = (before >>> 8) ^ (checksums[before & 0xff] as number);
  }
  return checksums;
}

/**
 * The CRC-32C of `bytes` from `start` on, as an unsigned 32-bit number: the checksum of a record batch.
 *
 * Eight bytes at a time. Source: RFC 3720, B.4, and Kounavis and Berry, "A Systematic Approach to
 * Building High Performance Software-based CRC Generators" (slicing-by-8).
 */
export function crc32c(bytes: Uint8Array, start = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length;
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      (table[1792 + (low & 0xff)] as number) ^
      (table[1536 + ((low >>> 8) & 0xff)] as number) ^
      (table[1280 + ((low >>> 16) & 0xff)] as number) ^
      (table[1024 + (low >>> 24)] as number) ^
      (table[768 + (high & 0xff)] as number) ^
      (table[512 + ((high >>> 8) & 0xff)] as number) ^
      (table[256 + ((high >>> 16) & 0xff)] as number) ^
      (table[high >>> 24] as number);
  }
  for (; at < end; at++)
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}
