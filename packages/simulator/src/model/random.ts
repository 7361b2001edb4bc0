/** What a generator is for: each purpose has a stream of its own, so that none disturbs another. */
export type RandomPurpose = 'behaviour' | 'profile' | 'growth' | 'catalogue' | 'faults';
const purposes: Record<RandomPurpose, number> = {
  behaviour: 1,
  profile: 2,
  growth: 3,
  catalogue: 4,
  faults: 5,
};

/**
 * Draws pseudo-random numbers that depend on nothing but (seed, id, purpose).
 *
 * Every user has generators of their own, so that what one user does never depends on the others,
 * nor on the order in which users are simulated. The generator is sfc32 of Chris Doty-Humphrey's
 * PractRand (128 bits of state with a counter: no two seeds run into each other for 2^32 draws);
 * its state is filled by the finaliser of splitmix32, which spreads neighbouring ids.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  private constructor(a: number, b: number, c: number) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** `seed` and `id` are safe integers. */
  static of(seed: number, id: number, purpose: RandomPurpose): Random {
    const high = mix(highWord(seed) ^ mix(highWord(id) ^ mix(purposes[purpose])));
    // The low words stay invertible functions of seed and id: distinct pairs give distinct states.
    return new Random(mix((seed | 0) ^ high), mix((id | 0) + high), high);
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const b = this.#b;
    const c = this.#c;
    const out = (this.#a + b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = b ^ (b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return (this.bits() >>> 0) / 2 ** 32;
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Standard normal (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Log-normal with the given mean, and a standard deviation of 1 in the logarithm. */
  logNormal(mean: number): number {
    return (mean * Math.exp(this.normal())) / Math.sqrt(Math.E);
  }
}

const highWord = (value: number) => Math.floor(value / 2 ** 32) | 0;

/** Finaliser of splitmix32: every bit of the input moves every bit of the result. */
function mix(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
