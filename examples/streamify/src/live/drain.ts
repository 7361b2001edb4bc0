import { setTimeout as delay } from 'node:timers/promises';

/** What is known of a live run that simulates no more. */
export interface Draining {
  /** Events in the topics of the log. */
  readonly published: number;
  /** Rows of theirs in the tables. */
  readonly landed: () => Promise<number>;
  /** When this process committed last, on the clock of `performance.now`. */
  readonly lastCommit: () => number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/** Milliseconds without a commit after which the windows have landed as well, as epochs are shorter. */
const rest = 1_500;
/** Milliseconds without a commit after which nothing more is waited for: duplicates and dead letters never land. */
const silence = 4_000;
const longest = 15_000;

/** Lets what is in the topics come through, as far as it does in a few seconds. */
export async function drain({ published, landed, lastCommit, signal }: Draining): Promise<void> {
  const started = performance.now();
  while (!signal.aborted && performance.now() - started < longest) {
    const quiet = performance.now() - Math.max(started, lastCommit());
    if (quiet >= silence) return;
    if (quiet >= rest && (await landed()) >= published) return;
    await delay(100, undefined, { signal }).catch(() => {});
  }
}
