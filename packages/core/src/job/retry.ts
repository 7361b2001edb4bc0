import { StreamifyError } from '../contract/errors.ts';

import type { Clock } from './clock.ts';
import type { RetryOptions, RetryReport } from './retry-options.ts';

/** Errors that say what is wrong for good; those of others, such as a lost connection, may pass. */
const lasting: ReadonlySet<string> = new Set([
  'STREAMIFY_OPTION',
  'STREAMIFY_FENCED',
  'STREAMIFY_OFFSET_OUT_OF_RANGE',
  'STREAMIFY_LOG_CORRUPTED',
  'STREAMIFY_CLOSED',
  'STREAMIFY_PARTITION_COUNT',
  'STREAMIFY_UNKNOWN_TOPIC',
  'STREAMIFY_CODEC',
  'STREAMIFY_SCHEMA',
  'STREAMIFY_PIPELINE',
  'STREAMIFY_STATE_MISMATCH',
  'STREAMIFY_DEAD_LETTER_LIMIT',
  'STREAMIFY_POISON',
  'STREAMIFY_FOREIGN_WRITER',
]);

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
  const retry = typeof onError === 'object' ? onError.retry : { attempts: 0 };
  const { attempts, firstDelay = 100, maxDelay = 30_000 } = retry;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(() => {
        attempt = 1;
      });
    } catch (cause) {
      if (attempt > attempts || signal.aborted || isLasting(cause)) throw cause;
      const delay = Math.min(maxDelay, firstDelay * 2 ** (attempt - 1));
      onRetry?.({ partition, attempt, delay, cause });
      await clock.sleep(delay, signal);
      if (signal.aborted) throw cause;
    }
  }
}

/** Whether a second try could not mend this. */
export function isLasting(cause: unknown): boolean {
  return cause instanceof StreamifyError && lasting.has(cause.code);
}
