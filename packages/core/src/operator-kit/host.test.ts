import { Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { useCounter } from './use-counter.ts';
import { useEmitter } from './use-emitter.ts';
import { useKeyedState } from './use-keyed-state.ts';
import { useRejection } from './use-rejection.ts';
import { useSideOutput } from './use-side-output.ts';
import { useState } from './use-state.ts';
import { useWatermark } from './use-watermark.ts';

describe('outside a task', () => {
  it('state is plain memory, of each caller its own', () => {
    const [one, two] = [useState('n', 0), useState('n', 0)];
    one.current = 5;
    expect([one.current, two.current]).toEqual([5, 0]);
  });

  it('keyed state answers as it does inside', () => {
    const state = useKeyedState<number>('n');
    state.set(2, 'b', 1);
    state.set(2, 'a', 2);
    state.set(1, 'c', 3);
    state.delete(1, 'c');
    expect(state.segments()).toEqual([2]);
    expect(state.entries(2)).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    state.drop(2);
    expect([state.size(2), state.get(2, 'a')]).toEqual([0, undefined]);
  });

  it('side outputs and rejections go to their handlers', () => {
    const seen: unknown[] = [];
    useSideOutput<number>('late', (n) => seen.push(n))(1);
    useRejection<number>('clean', (_event, reason) => seen.push(reason))({} as never, 'bad');
    expect(seen).toEqual([1, 'bad']);
  });

  it('side outputs and rejections that nobody takes are errors', () => {
    expect(() => useSideOutput<number>('late', undefined)(1)).toThrow(
      /late has an element.*handler/,
    );
    expect(() => useRejection('clean', undefined)({} as never, 'bad')).toThrow(
      /clean rejects an event: bad.*handler/,
    );
  });

  it('results are emitted at once, and nothing is counted', () => {
    const seen: unknown[] = [];
    const output = new Subscriber<string>({
      next: (value) => seen.push(value),
      error: () => {},
      complete: () => seen.push('complete'),
    });
    const emitter = useEmitter('window', output);
    emitter.next('ann', 0, 'result');
    emitter.complete();
    useCounter('duplicates')();
    expect(seen).toEqual(['result', 'complete']);
  });
});

describe('useWatermark', () => {
  it('is the newest time, and never goes back', () => {
    const watermark = useWatermark('test');
    expect(watermark.current).toBe(Number.NEGATIVE_INFINITY);
    expect([5, 3, Number.NaN, 7].map((time) => watermark.observe(time))).toEqual([5, 5, 5, 7]);
    expect(watermark.current).toBe(7);
  });
});
