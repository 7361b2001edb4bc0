const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** MurmurHash2 with Kafka's seed, as a signed 32-bit integer. Source: Austin Appleby's MurmurHash2. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = seed ^ length;
  const tail = length & ~3;
  for (let i = 0; i < tail; i += 4) {
    let word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (tail < length) {
    for (let i = length - 1; i >= tail; i--) hash ^= (bytes[i] as number) << (8 * (i - tail));
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
