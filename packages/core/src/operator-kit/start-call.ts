import type { RetryOptions } from '../contract/retry-options.ts';
import { backoff } from './backoff.ts';
import type { Call } from './calls.ts';

/** Limits of a call: the time of a try, and the number of tries. */
export interface CallLimits {
  /** Milliseconds for each try. */
  readonly timeout: number;
  readonly retry: RetryOptions | undefined;
}

/** A delay of more milliseconds than 31 bits would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** One try of a call. */
export class CallTry {
  /** 1 for the first try. */
  readonly attempt: number;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(attempt: number) {
    this.attempt = attempt;
  }

  /** Fires when nobody waits for the result any more. Made when first asked for: it costs more than all else of a call. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    return this.#controller.signal;
  }

  /** Fires the signal. */
  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }
}

/** Starts a call, which is given up and tried again as its limits say. */
export function startCall<R>(work: (context: CallTry) => Promise<R>, limits: CallLimits): Call<R> {
  const call = new LimitedCall(work, limits);
  return { result: call.run(), abort: (reason) => call.abort(reason) };
}

class LimitedCall<R> {
  readonly #work: (context: CallTry) => Promise<R>;
  readonly #limits: CallLimits;
  /** Ends the try that is under way, or the wait for the next. */
  #end: (reason: unknown) => void = () => {};
  #aborted: { readonly reason: unknown } | undefined;

  constructor(work: (context: CallTry) => Promise<R>, limits: CallLimits) {
    this.#work = work;
    this.#limits = limits;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#end(reason);
  }

  async run(): Promise<R> {
    const { retry } = this.#limits;
    const tries = 1 + (retry?.attempts ?? 0);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(attempt);
      } catch (cause) {
        if (this.#aborted || attempt >= tries) throw cause;
        await this.#pause(backoff(attempt, retry ?? {}));
      }
    }
  }

  /** One try: settles as the work does, or rejects when its time is over. */
  #try(attempt: number): Promise<R> {
    const { timeout } = this.#limits;
    return new Promise<R>((resolve, reject) => {
      const context = new CallTry(attempt);
      this.#end = (reason) => {
        clearTimeout(timer);
        reject(reason);
        context.abort(reason);
      };
      const timer =
        timeout > longestTimer
          ? undefined
          : setTimeout(() => this.#end(new Error(`no result within ${timeout} ms`)), timeout);
      const settled = async () => {
        try {
          resolve(await this.#work(context));
        } catch (cause) {
          reject(cause);
        } finally {
          clearTimeout(timer);
        }
      };
      void settled();
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.#end = (reason) => {
        clearTimeout(timer);
        reject(reason);
      };
    });
  }
}
