import { PassingFailure } from './with-patience.ts';

/** An answer of the registry. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends one request.
 *
 * @throws PassingFailure when there is no whole answer within `timeout` milliseconds.
 */
export async function exchange(timeout: number, url: string, init: RequestInit): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const response = await fetch(url, { ...init, signal: abort.signal });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    const reason = abort.signal.aborted ? `no answer within ${timeout} ms` : reasonOf(cause);
    throw new PassingFailure(reason, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** fetch says only that it failed: why is in its cause, and with several addresses only the code is. */
function reasonOf(failure: unknown): string {
  const { cause, message } = failure as Error;
  const { code, message: why } = (cause ?? {}) as NodeJS.ErrnoException;
  return why || code || message;
}
