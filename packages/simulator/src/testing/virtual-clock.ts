import type { PaceClock } from '../pace.ts';

/** A clock that passes only while somebody sleeps, and stops everything at its end. */
export function virtualClock(
  now: number,
  end: number,
): PaceClock & { readonly stopped: AbortSignal } {
  const stop = new AbortController();
  let time = now;
  return {
    now: () => time,
    async sleep(millis) {
      time = Math.min(end, time + millis);
      if (time === end) stop.abort();
    },
    stopped: stop.signal,
  };
}
