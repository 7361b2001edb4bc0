import { setMaxListeners } from 'node:events';

/** Tells who works with a topic that the log has deleted it. */
export class Deletions {
  readonly #topics = new Map<string, AbortController>();

  /** Fires when the topic that has this name now is deleted. */
  signalOf(topic: string): AbortSignal {
    const known = this.#topics.get(topic);
    if (known) return known.signal;
    const deletion = new AbortController();
    // Each reader that waits listens to it.
    setMaxListeners(0, deletion.signal);
    this.#topics.set(topic, deletion);
    return deletion.signal;
  }

  /** Tells it; the next topic of that name is another. */
  tell(topic: string): void {
    this.#topics.get(topic)?.abort();
    this.#topics.delete(topic);
  }
}
