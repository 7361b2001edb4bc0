import { setMaxListeners } from 'node:events';

/** Tells readers and publishers of a topic that the log has deleted it. */
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

  /** Tells that a topic was deleted; a later topic of its name is another one. */
  tell(topic: string): void {
    this.#topics.get(topic)?.abort();
    this.#topics.delete(topic);
  }
}
