/** Numbers from 0 to 1, excluded; the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return () => {
    state =
      Math.imul(state ^ (state >>> 15), 2_246_822_519) ^
      Math.imul(state ^ (state >>> 13), 3_266_489_917);
    return (state >>> 0) / 4_294_967_296;
  };
}
