import { useState } from './host.ts';

/** How far event time has come in an operator: no earlier event is expected. */
export interface Watermark {
  /** Epoch milliseconds; `-Infinity` before the first event. */
  readonly current: number;
  /** Notes the time of an event and returns the watermark after it. It never goes back; `NaN` does not move it. */
  observe(time: number): number;
}

/**
 * The watermark of an operator: the newest event time seen. Checkpointed like all state.
 * Call it while the operator is being subscribed.
 */
export function useWatermark(name: string): Watermark {
  const newest = useState(`${name}.watermark`, Number.NEGATIVE_INFINITY);
  return {
    get current() {
      return newest.current;
    },
    observe(time) {
      const before = newest.current;
      if (!(time > before)) return before;
      newest.current = time;
      return time;
    },
  };
}
