import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { RetryOptions } from '../contract/retry-options.ts';

/** Milliseconds to wait before a try: 1 is the first after a failure. */
export function backoff(
  attempt: number,
  { firstDelay = 100, maxDelay = 30_000 }: Omit<RetryOptions, 'attempts'>,
): number {
  return Math.min(maxDelay, firstDelay * 2 ** (attempt - 1));
}

/** @throws OptionError when these options cannot work. */
export function checkRetryOptions(retry: RetryOptions): void {
  checkOptions('retry', retry, { attempts: true, firstDelay: true, maxDelay: true });
  const { attempts, firstDelay, maxDelay } = retry;
  if (!(attempts >= 1 && (attempts % 1 === 0 || attempts === Infinity)))
    throw new OptionError(`retry.attempts must be a whole number of at least 1, got ${attempts}`);
  for (const [option, delay] of Object.entries({ firstDelay, maxDelay }))
    if (delay !== undefined && !(delay >= 0 && delay < Infinity))
      throw new OptionError(`retry.${option} must not be negative, got ${delay}`);
}
