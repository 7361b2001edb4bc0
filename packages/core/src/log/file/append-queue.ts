/** Batches appends: items that come while one is under way go together into the next, and share its sync. */
export class AppendQueue<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  #waiting: Append<T>[] = [];
  #running: Promise<void> | undefined;

  constructor(write: (items: readonly T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when these items are written, in the order of the calls. */
  append(items: readonly T[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Appends of one turn of the event loop go together, the first one included.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch.length === 1 ? (batch[0] as Append<T>).items : flatten(batch));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }
}

interface Append<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const flatten = <T>(batch: readonly Append<T>[]): T[] => batch.flatMap(({ items }) => items);
