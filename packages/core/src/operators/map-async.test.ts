import { setTimeout as delay } from 'node:timers/promises';
import {
  concat,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  NEVER,
  type Observable,
  of,
  pipe,
  Subject,
  take,
  toArray,
} from 'rxjs';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { type CallContext, mapAsync } from './map-async.ts';

/** Calls that are settled by hand, in any order. */
function byHand() {
  const waiting = new Map<
    number,
    { resolve: (value: string) => void; reject: (cause: unknown) => void; context: CallContext }
  >();
  const fn = (n: number, context: CallContext) =>
    new Promise<string>((resolve, reject) => waiting.set(n, { resolve, reject, context }));
  return {
    fn,
    started: () => [...waiting.keys()],
    async settle(n: number) {
      waiting.get(n)?.resolve(`${n}!`);
      await delay(0);
    },
    async fail(n: number) {
      waiting.get(n)?.reject(new Error(`no ${n}`));
      await delay(0);
    },
    signalOf: (n: number) => waiting.get(n)?.context.signal as AbortSignal,
  };
}

describe('mapAsync outside a job', () => {
  it('gives the results in the order of the elements, whatever comes first', async () => {
    const calls = byHand();
    const results: string[] = [];
    from([1, 2, 3])
      .pipe(mapAsync(calls.fn))
      .subscribe((result) => results.push(result));
    await calls.settle(3);
    await calls.settle(1);
    expect(results).toEqual(['1!']);
    await calls.settle(2);
    expect(results).toEqual(['1!', '2!', '3!']);
  });

  it('has as many calls under way as it may, and no more', async () => {
    const calls = byHand();
    from([1, 2, 3, 4])
      .pipe(mapAsync(calls.fn, { concurrency: 2 }))
      .subscribe();
    expect(calls.started()).toEqual([1, 2]);
    await calls.settle(2);
    expect(calls.started()).toEqual([1, 2, 3]);
    await calls.settle(1);
    expect(calls.started()).toEqual([1, 2, 3, 4]);
  });

  it('completes behind its last result, or at once when there is none to come', async () => {
    const calls = byHand();
    let completed = false;
    from([1])
      .pipe(mapAsync(calls.fn))
      .subscribe({ complete: () => (completed = true) });
    expect(completed).toBe(false);
    await calls.settle(1);
    expect(completed).toBe(true);
    expect(await lastValueFrom(of<number>().pipe(mapAsync(calls.fn), toArray()))).toEqual([]);
  });

  it('ends with the error of a call, or hands it to a handler and goes on', async () => {
    const calls = byHand();
    const failed = lastValueFrom(from([1, 2]).pipe(mapAsync(calls.fn)));
    const seen = expect(failed).rejects.toThrow('no 1');
    await calls.fail(1);
    await seen;
    expect(calls.signalOf(2).aborted).toBe(true);

    const rejected: unknown[] = [];
    const onReject = (n: number, cause: unknown) => rejected.push([n, String(cause)]);
    const rest = lastValueFrom(from([1, 2]).pipe(mapAsync(calls.fn, { onReject }), toArray()));
    await calls.fail(1);
    await calls.settle(2);
    expect(await rest).toEqual(['2!']);
    expect(rejected).toEqual([[1, 'Error: no 1']]);
  });

  it('passes an error of its source on', async () => {
    const source$ = new Subject<number>();
    const ended = lastValueFrom(source$.pipe(mapAsync(async (n) => n)));
    source$.error(new Error('source'));
    await expect(ended).rejects.toThrow('source');
  });

  it('aborts its calls when nobody listens any more', async () => {
    const calls = byHand();
    const subscription = concat(from([1, 2]), NEVER)
      .pipe(mapAsync(calls.fn))
      .subscribe();
    subscription.unsubscribe();
    expect([calls.signalOf(1).aborted, calls.signalOf(2).aborted]).toEqual([true, true]);
  });

  it('makes no call for what a synchronous source gives behind the end of its consumer', async () => {
    let calls = 0;
    const count = mapAsync(
      async (n: number) => {
        calls++;
        return n;
      },
      { concurrency: 1 },
    );
    expect(await firstValueFrom(from([1, 2, 3]).pipe(count, take(1)))).toBe(1);
    await delay(0);
    expect(calls).toBe(1);
  });

  it('takes a function that throws for a call that fails', async () => {
    const thrown = mapAsync(() => {
      throw new Error('at once');
    });
    await expect(lastValueFrom(of(1).pipe(thrown))).rejects.toThrow('at once');
  });
});

describe('the limits of a call', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('give it up after its time, and tell it so', async () => {
    const signals: AbortSignal[] = [];
    const hang = (_: number, { signal }: CallContext) => {
      signals.push(signal);
      return new Promise<number>(() => {});
    };
    const failed = lastValueFrom(of(1).pipe(mapAsync(hang, { timeout: 5_000 })));
    failed.catch(() => {});
    await vi.advanceTimersByTimeAsync(4_999);
    expect(signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(failed).rejects.toThrow('no result within 5000 ms');
    expect(signals[0]?.aborted).toBe(true);
  });

  it('try it again, each time after twice as long, up to the last try', async () => {
    const at: number[] = [];
    const fail = async (_: number, { attempt }: CallContext) => {
      at.push(Date.now());
      throw new Error(`try ${attempt}`);
    };
    const start = Date.now();
    const retry = { attempts: 3, firstDelay: 100, maxDelay: 150 };
    const failed = lastValueFrom(of(1).pipe(mapAsync(fail, { retry })));
    failed.catch(() => {});
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(failed).rejects.toThrow('try 4');
    expect(at.map((time) => time - start)).toEqual([0, 100, 250, 400]);
  });

  it('take the result of a later try', async () => {
    const second = async (n: number, { attempt }: CallContext) => {
      if (attempt === 1) throw new Error('not yet');
      return n * 10;
    };
    const result = lastValueFrom(of(4).pipe(mapAsync(second, { retry: { attempts: 1 } })));
    await vi.advanceTimersByTimeAsync(100);
    expect(await result).toBe(40);
  });

  it('leave no timer behind', async () => {
    const quick = lastValueFrom(from([1, 2]).pipe(mapAsync(async (n) => n)));
    expect(await quick).toBe(2);
    const failing = mapAsync(async () => Promise.reject(new Error('no')), {
      retry: { attempts: 9 },
    });
    const subscription = of(1)
      .pipe(failing)
      .subscribe({ error: () => {} });
    await vi.advanceTimersByTimeAsync(0);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the options of mapAsync', () => {
  const fn = async (n: number) => n;
  const wrong: [() => unknown, string][] = [
    [
      () => mapAsync(fn, { concurrency: 0 }),
      'concurrency must be a whole number of at least 1, got 0',
    ],
    [
      () => mapAsync(fn, { concurrency: 1.5 }),
      'concurrency must be a whole number of at least 1, got 1.5',
    ],
    [() => mapAsync(fn, { concurrency: Number.NaN }), 'got NaN'],
    [() => mapAsync(fn, { timeout: 0 }), 'timeout must be positive, got 0'],
    [() => mapAsync(fn, { timeout: -1 }), 'timeout must be positive, got -1'],
    [
      () => mapAsync(fn, { retry: { attempts: 0 } }),
      'retry.attempts must be a whole number of at least 1',
    ],
    [
      () => mapAsync(fn, { retry: { attempts: 1, firstDelay: -1 } }),
      'retry.firstDelay must not be negative',
    ],
    [() => mapAsync('fn' as never), 'mapAsync takes a function, got string'],
  ];
  it.each(wrong)('are refused at construction: %#', (construct, message) => {
    expect(construct).toThrow(OptionError);
    expect(construct).toThrow(message);
  });

  it('have a type that follows the function', () => {
    const lengths = pipe(
      map(({ value }: StreamEvent<string>) => value),
      mapAsync(async (text) => text.length),
    );
    expectTypeOf(lengths).returns.toEqualTypeOf<Observable<number>>();
  });
});
