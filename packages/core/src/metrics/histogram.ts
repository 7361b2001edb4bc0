/** Upper bounds of the buckets in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** A histogram of durations as Prometheus has them: how many were at most as long as each bound. */
export class Histogram {
  readonly #buckets = new Array<number>(bounds.length).fill(0);
  #sum = 0;
  #count = 0;

  observe(seconds: number): void {
    this.#sum += seconds;
    this.#count++;
    for (const [i, bound] of bounds.entries())
      if (seconds <= bound) this.#buckets[i] = (this.#buckets[i] ?? 0) + 1;
  }

  lines(name: string, labels: string): string[] {
    return [
      ...bounds.map((bound, i) => `${name}_bucket{${labels},le="${bound}"} ${this.#buckets[i]}`),
      `${name}_bucket{${labels},le="+Inf"} ${this.#count}`,
      `${name}_sum{${labels}} ${this.#sum}`,
      `${name}_count{${labels}} ${this.#count}`,
    ];
  }
}
