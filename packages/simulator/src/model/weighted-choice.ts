import { OptionError } from '@streamify/core';
import type { Random } from './random.ts';

/**
 * Picks items in proportion to their weights, in constant time whatever their number.
 *
 * The alias method: every slot holds one item and, above a threshold, one other. Source:
 * M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", 1991.
 */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #threshold: Float64Array;
  readonly #alias: Uint32Array;

  /** @throws OptionError when there is no item, or a weight is negative, or all are 0. */
  constructor(items: readonly T[], weightOf: (item: T) => number) {
    const weights = items.map(weightOf);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const wrong = weights.find((weight) => !(weight >= 0 && Number.isFinite(weight)));
    if (wrong !== undefined) throw new OptionError(`a weight is ${wrong}: it must be 0 or more`);
    if (!(total > 0)) throw new OptionError(`${items.length} items have no weight above 0`);
    this.#items = items;
    this.#threshold = new Float64Array(items.length).fill(1);
    this.#alias = Uint32Array.from(items.keys());
    const share = Float64Array.from(weights, (weight) => (weight * items.length) / total);
    const small: number[] = [];
    const large: number[] = [];
    for (const [slot, size] of share.entries()) (size < 1 ? small : large).push(slot);
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number;
      const more = large.at(-1) as number;
      this.#threshold[less] = share[less] as number;
      this.#alias[less] = more;
      const rest = (share[more] as number) + (share[less] as number) - 1;
      share[more] = rest;
      if (rest < 1) small.push(large.pop() as number);
    }
  }

  /** Takes two draws. */
  pick(random: Random): T {
    const slot = Math.floor(random.uniform() * this.#items.length);
    const own = random.uniform() < (this.#threshold[slot] as number);
    return this.#items[own ? slot : (this.#alias[slot] as number)] as T;
  }
}
