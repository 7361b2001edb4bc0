/** The high watermark of a partition: the offset at which its readable records end, which readers can wait for to rise. */
export class HighWatermark {
  readonly #waiting = new Set<() => void>();
  #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  /** The offset that the next record will get. */
  get end(): number {
    return this.#end;
  }

  /** Whether anybody waits. */
  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Makes records readable and wakes who waits for them. */
  advance(end: number): void {
    if (end <= this.#end) return;
    this.#end = end;
    this.wake();
  }

  /** Ends every wait, with or without new records. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves when the end is beyond `offset`, after `milliseconds`, or when a signal aborts. */
  waitBeyond(
    offset: number,
    milliseconds: number,
    signals: readonly (AbortSignal | undefined)[],
  ): Promise<void> {
    if (this.#end > offset || milliseconds <= 0) return Promise.resolve();
    if (signals.some((signal) => signal?.aborted)) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        for (const signal of signals) signal?.removeEventListener('abort', wake);
        resolve();
      };
      // A longer delay than 32 bits would fire at once.
      const timer = setTimeout(wake, Math.min(milliseconds, 2 ** 31 - 1));
      this.#waiting.add(wake);
      for (const signal of signals) signal?.addEventListener('abort', wake);
    });
  }
}
