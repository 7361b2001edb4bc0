import type { OperatorFunction } from 'rxjs';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { RetryOptions } from '../contract/retry-options.ts';
import { checkRetryOptions } from '../operator-kit/backoff.ts';
import { operator } from '../operator-kit/operator.ts';
import { startCall } from '../operator-kit/start-call.ts';
import { useCalls } from '../operator-kit/use-calls.ts';

/** The signal and the number of a try, beside its element. */
export interface CallContext {
  /** Fires when nobody waits for the result any more: pass it on to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** 1 for the first try of this element. */
  readonly attempt: number;
}

/** Options of {@link mapAsync}. */
export interface MapAsyncOptions<T> {
  /** Most calls at once: those under way, and those that have come and wait for an earlier one. Default 16. */
  readonly concurrency?: number;
  /** Milliseconds after which a try is given up; `Infinity` waits for ever. Default 30,000. */
  readonly timeout?: number;
  /** Tries a call again that failed or took too long. Default: it is not tried again. */
  readonly retry?: RetryOptions;
  /** Receives the elements whose calls failed, and why. Inside a job they become dead letters instead. */
  readonly onReject?: (element: T, cause: unknown) => void;
  /** Names the step in dead letters. Needed only where a pipeline has two of these. */
  readonly name?: string;
}

const names = {
  concurrency: true,
  timeout: true,
  retry: true,
  onReject: true,
  name: true,
} as const;

/**
 * Passes each element through an asynchronous function, such as a look-up, and emits the results in
 * the order of the elements.
 *
 * Inside a job an epoch is committed once all its calls have come. Event time that the topic carries
 * waits its turn behind them, and no more is read from the log than calls may be under way. A call that
 * fails or takes too long makes its element a dead letter, with which `redrive` calls again. After a
 * crash, calls whose results were not committed are made again: their effects elsewhere must do no harm
 * twice.
 *
 * @throws OptionError when an option cannot work.
 *
 * @example
 * orders$.pipe(mapAsync(async (order, { signal }) => ({ ...order.value, rate: await rateOf(order.value.currency, signal) }), { concurrency: 64, timeout: 5_000 }));
 */
export function mapAsync<T, R>(
  fn: (element: T, context: CallContext) => Promise<R>,
  options: MapAsyncOptions<T> = {},
): OperatorFunction<T, R> {
  checkOptions('mapAsync', options, names);
  const { concurrency = 16, timeout = 30_000, retry, onReject, name = 'mapAsync' } = options;
  if (typeof fn !== 'function')
    throw new OptionError(`mapAsync takes a function, got ${typeof fn}`);
  if (!(Number.isSafeInteger(concurrency) && concurrency >= 1))
    throw new OptionError(`concurrency must be a whole number of at least 1, got ${concurrency}`);
  if (!(timeout > 0)) throw new OptionError(`timeout must be positive, got ${timeout}`);
  if (retry) checkRetryOptions(retry);

  return operator<T, R>((output) => {
    const calls = useCalls<T, R>(name, output, {
      concurrency,
      start: (element) => startCall((context) => fn(element, context), { timeout, retry }),
      outside: onReject,
    });
    return {
      next: (element) => calls.submit(element),
      complete: () => calls.complete(),
    };
  });
}
