import { OffsetOutOfRangeError, OptionError } from '../contract/errors.ts';
import type { Bounds, PollRequest } from '../contract/event-log.ts';

/**
 * Checks the limits of a poll.
 *
 * @throws OptionError when one of them could never return a record.
 */
export function checkLimits({ maxRecords, maxBytes, maxWait }: PollRequest): void {
  if (!(maxRecords >= 1)) throw new OptionError(`maxRecords is at least 1, not ${maxRecords}`);
  if (!(maxBytes >= 1)) throw new OptionError(`maxBytes is at least 1, not ${maxBytes}`);
  if (!(maxWait >= 0)) throw new OptionError(`maxWait is at least 0, not ${maxWait}`);
}

/**
 * Checks that a poll starts inside the log.
 *
 * @throws OffsetOutOfRangeError when it does not.
 */
export function checkRange(
  { from }: PollRequest,
  where: { readonly topic: string; readonly partition: number },
  { start, end }: Bounds,
): void {
  if (Number.isSafeInteger(from) && from >= start && from <= end) return;
  throw new OffsetOutOfRangeError({ ...where, offset: from, start, end });
}
