import { sessionsPerUser } from '../model/user.ts';
import { numberFrom, positiveTo, wholeFrom } from './expectation.ts';

// What lies beyond these would not end, not fit into memory, or be written so that nobody can read it.

/** Users at the start, and users who join in a year. */
export const mostUsers = 10_000_000;
/** The largest user whose sessions all have ids that a number holds. */
export const mostUserId = Math.floor(Number.MAX_SAFE_INTEGER / sessionsPerUser) - 1;

export const users = wholeFrom(1, mostUsers);
export const userId = wholeFrom(1, mostUserId);
export const growthRate = numberFrom(0, mostUsers);
/** A mean wait: some 30 years at most. */
export const meanSeconds = positiveTo(1e9);
/** With no gap at all a session could be drawn again for ever. */
export const gapSeconds = numberFrom(1, 1e9);
export const minutes = numberFrom(0, 1e6);
export const weight = numberFrom(0, 1e12);
export const factor = numberFrom(0, 1e6);
export const daysAgo = numberFrom(0, 100_000);
export const days = numberFrom(0, 1_000_000);
export const batchSize = wholeFrom(1, 1_000_000);

/** Epoch milliseconds: the years that four digits write, and Gregorian holidays make sense in. */
export const firstInstant = Date.UTC(1900, 0, 1);
export const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
