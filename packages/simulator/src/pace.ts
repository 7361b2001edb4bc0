import { setTimeout as sleep } from 'node:timers/promises';

/** Time outside of the simulation. */
export interface PaceClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after some milliseconds, or when the signal is aborted. */
  sleep(millis: number, signal: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: PaceClock = {
  now: Date.now,
  async sleep(millis, signal) {
    // Timers hold no more than 24 days.
    await sleep(Math.min(millis, 86_400_000), undefined, { signal }).catch(() => undefined);
  },
};

/** How much may be written now: actions up to a time, and how long to wait when that is none. */
export interface Allowance {
  /** Epoch seconds. */
  readonly until: number;
  readonly most: number;
  /** Milliseconds. */
  readonly wait: number;
}

/** Tells how fast a simulation may go: what is allowed, when the next event is of `next` (epoch seconds) and `records` are written. */
export type Pace = (next: number, records: number) => Allowance;

const everything: Allowance = {
  until: Number.POSITIVE_INFINITY,
  most: Number.POSITIVE_INFINITY,
  wait: 0,
};

/** As fast as it can. */
export const fullSpeed: Pace = () => everything;

/**
 * At due time: from `anchor` (epoch milliseconds of the simulation) on, simulated time passes `speed`
 * times as fast as the clock's; what lies before it is due at once.
 *
 * @example
 * const pace = dueTime(systemClock, 60, Date.now());
 * const { wait } = pace(Date.now() / 1_000 + 120, 0); // two minutes of the simulation, in 2 s
 */
export function dueTime(clock: PaceClock, speed: number, anchor: number): Pace {
  const started = clock.now();
  return (next) => {
    const reached = anchor + (clock.now() - started) * speed;
    const due = next * 1_000;
    if (due > reached) return { until: 0, most: 0, wait: Math.ceil((due - reached) / speed) };
    return { until: Math.floor(reached / 1_000), most: Number.POSITIVE_INFINITY, wait: 0 };
  };
}

/** As many records a second, whenever they happen. `written` are there already. */
export function fixedRate(clock: PaceClock, rate: number, written: number): Pace {
  const started = clock.now();
  return (_, records) => {
    const done = records - written;
    const allowed = Math.floor(((clock.now() - started) / 1_000) * rate) + 1 - done;
    if (allowed >= 1) return { ...everything, most: allowed };
    const due = started + (done / rate) * 1_000;
    return { until: 0, most: 0, wait: Math.max(1, Math.ceil(due - clock.now())) };
  };
}
