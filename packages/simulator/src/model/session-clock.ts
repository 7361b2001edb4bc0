import type { Random } from './random.ts';
import { isDayOff } from './us-holidays.ts';

const daySeconds = 86_400;
const quietest = 3 * 3_600;

/** When people come: all in seconds. */
export interface SessionClockOptions {
  /** The least time between two sessions. */
  readonly sessionGap: number;
  /** How far the time of day is pulled from the night to the afternoon, as a share of a day. */
  readonly damping: number;
  /** The share of sessions that do not happen on days off, from 0 to 1. */
  readonly weekendDamping: number;
  /** How long before a day off its damping starts to rise, and after it, is gone. */
  readonly weekendDampingOffset: number;
  /** How long the damping takes to rise and to fall. */
  readonly weekendDampingScale: number;
}

/**
 * Tells when a user's sessions start. Times are epoch seconds, UTC.
 *
 * - A gap is `floor(Exp(beta)) + sessionGap`.
 * - The time of day is warped by `damping * 86400 * sin(2 pi (second of day - 3 h) / 86400)` seconds,
 *   towards the afternoon and away from the night. A session warped to before the last event is
 *   drawn again from `sessionGap` later.
 * - On days off a session is dropped with a probability of {@link SessionClock.dampingAt}, and the
 *   next one is drawn from there.
 *
 * Source: the behaviour of Interana's Eventsim.
 */
export interface SessionClock {
  /** The start of the session after one whose last event is at `last`. */
  next(last: number, beta: number, random: Random): number;
  /**
   * The start of the first session of a user who joins at `joined`: a walk of sessions from two mean
   * gaps before it, until at most one is left, so that users are in their steady state from the start.
   * `lead` is the longest time before `joined` (default: any).
   */
  first(joined: number, beta: number, random: Random, lead?: number): number;
  /** The warped time of a time. */
  warp(time: number): number;
  /** The probability that a session at a time is dropped. */
  dampingAt(time: number): number;
}

/** Makes the clock of a configuration. */
export function sessionClock(options: SessionClockOptions): SessionClock {
  const { sessionGap, damping } = options;
  const dampingAt = weekendDampingOf(options);

  const warp = (time: number): number => {
    const secondOfDay = time - Math.floor(time / daySeconds) * daySeconds;
    const angle = (2 * Math.PI * (secondOfDay - quietest)) / daySeconds;
    return time + Math.trunc(damping * daySeconds * Math.sin(angle));
  };

  const next = (last: number, beta: number, random: Random): number => {
    for (let from = last; ; ) {
      const gap = Math.floor(random.exponential(beta)) + sessionGap;
      const candidate = warp(from + gap);
      if (candidate < from) {
        from += Math.max(sessionGap, 1);
        continue;
      }
      const dropped = dampingAt(candidate);
      if (dropped === 0 || random.uniform() >= dropped) return candidate;
      // What is drawn again starts later, so that it ends.
      from = Math.max(candidate, from + 1);
    }
  };

  const first = (joined: number, beta: number, random: Random, lead = Infinity): number => {
    const mean = Math.min(beta, lead);
    let start = joined - Math.floor(2 * mean);
    do start = next(start, beta, random);
    while (start < joined - mean);
    return start;
  };

  return { next, first, warp, dampingAt };
}

/** The probability that a session is dropped, by its time: it rises towards days off, and falls after them. */
function weekendDampingOf({
  weekendDamping,
  weekendDampingOffset,
  weekendDampingScale,
}: SessionClockOptions): SessionClock['dampingAt'] {
  const daysOff = new Map<number, boolean>();
  const off = (day: number): boolean => {
    let known = daysOff.get(day);
    if (known === undefined) {
      known = isDayOff(day);
      daysOff.set(day, known);
    }
    return known;
  };

  /** How far the ramp that starts at 0 has risen after some seconds. */
  const risen = (seconds: number): number => {
    if (seconds <= 0) return 0;
    return seconds >= weekendDampingScale ? 1 : seconds / weekendDampingScale;
  };

  return (time) => {
    const day = Math.floor(time / daySeconds);
    const sinceMidnight = time - day * daySeconds;
    const toMidnight = daySeconds - sinceMidnight;
    const [before, today, after] = [off(day - 1), off(day), off(day + 1)];
    if (today) {
      const up = before ? 1 : risen(sinceMidnight + weekendDampingOffset);
      const down = after ? 1 : risen(toMidnight + weekendDampingOffset);
      return weekendDamping * Math.min(up, down);
    }
    const up = after ? risen(weekendDampingOffset - toMidnight) : 0;
    const down = before ? risen(weekendDampingOffset - sinceMidnight) : 0;
    return weekendDamping * Math.max(up, down);
  };
}
