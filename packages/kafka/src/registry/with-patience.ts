import { setTimeout } from 'node:timers/promises';

const firstDelay = 100;
const longestDelay = 5_000;

/** A try that failed for a reason that may pass. Whoever runs out of patience tells it to the caller. */
export class PassingFailure extends Error {}

/** The outcome of all tries. */
export interface GivenUp {
  readonly tries: number;
  /** Milliseconds since the first began. */
  readonly elapsed: number;
  readonly last: PassingFailure;
}

/**
 * Tries again after a {@link PassingFailure}, at growing distances, until `patience` milliseconds are
 * over. A try under way is let finish. Other errors end it at once.
 */
export async function withPatience<T>(
  patience: number,
  attempt: () => Promise<T>,
  giveUp: (how: GivenUp) => Error,
): Promise<T> {
  const startedAt = performance.now();
  for (let tries = 1, delay = firstDelay; ; tries++, delay = Math.min(longestDelay, 2 * delay)) {
    try {
      return await attempt();
    } catch (last) {
      if (!(last instanceof PassingFailure)) throw last;
      const elapsed = performance.now() - startedAt;
      if (elapsed >= patience) throw giveUp({ tries, elapsed, last });
      // Jobs that lost the registry together do not all come back at one moment.
      const spread = delay * (0.75 + Math.random() / 2);
      await setTimeout(Math.min(spread, patience - elapsed));
    }
  }
}
