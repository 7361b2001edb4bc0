import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HighWatermark } from './high-watermark.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('HighWatermark', () => {
  it('lets nobody wait for what is there', async () => {
    await new HighWatermark(3).waitBeyond(2, 1_000, []);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes who waits when it advances, and leaves no timer and no listener', async () => {
    const highWatermark = new HighWatermark(0);
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const waiting = highWatermark.waitBeyond(0, 1_000, [signal, undefined]);
    expect(highWatermark.awaited).toBe(true);
    highWatermark.advance(0);
    expect(highWatermark.awaited).toBe(true);
    highWatermark.advance(1);
    await waiting;
    expect([highWatermark.end, highWatermark.awaited, vi.getTimerCount()]).toEqual([1, false, 0]);
    expect(removed).toHaveBeenCalledOnce();
  });

  it('ends a wait when its time is over', async () => {
    const highWatermark = new HighWatermark(0);
    const waiting = highWatermark.waitBeyond(0, 1_000, []);
    await vi.advanceTimersByTimeAsync(999);
    expect(highWatermark.awaited).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(highWatermark.awaited).toBe(false);
  });

  it('ends a wait when a signal aborts, or has', async () => {
    const highWatermark = new HighWatermark(0);
    const abort = new AbortController();
    const waiting = highWatermark.waitBeyond(0, Number.MAX_SAFE_INTEGER, [undefined, abort.signal]);
    abort.abort();
    await waiting;
    await highWatermark.waitBeyond(0, 1_000, [abort.signal]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
