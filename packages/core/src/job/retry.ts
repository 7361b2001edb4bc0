import type { StreamifyError } from '../contract/errors.ts';
import type { RetryOptions } from '../contract/retry-options.ts';
import { backoff } from '../operator-kit/backoff.ts';

import type { Clock } from './clock.ts';
import type { RetryReport } from './retry-report.ts';

/** What one try reports of its progress. */
export type Try = (committed: () => void) => Promise<void>;

/**
 * Does the work of a task, again and again where the job asks for that. Each try opens the task
 * anew, so it goes on from the last commit.
 */
export async function withRetries(
  {
    onError,
    onRetry,
    clock,
  }: {
    readonly onError?: 'fail' | { readonly retry: RetryOptions };
    readonly onRetry?: (report: RetryReport) => void;
    readonly clock: Pick<Clock, 'sleep'>;
  },
  { partition, signal }: { readonly partition: number; readonly signal: AbortSignal },
  work: Try,
): Promise<void> {
  const retry: RetryOptions = typeof onError === 'object' ? onError.retry : { attempts: 0 };
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(() => {
        attempt = 1;
      });
    } catch (cause) {
      if (attempt > retry.attempts || signal.aborted || isFinal(cause)) throw cause;
      const delay = backoff(attempt, retry);
      onRetry?.({ partition, attempt, delay, cause });
      await clock.sleep(delay, signal);
      if (signal.aborted) throw cause;
    }
  }
}

/** Whether another try could not mend an error. One that is not ours, such as a lost connection, may pass. */
export function isFinal(cause: unknown): boolean {
  // Not by its class: two installed copies of this package have a class each.
  return cause instanceof Error && (cause as Partial<StreamifyError>).isFinal === true;
}
