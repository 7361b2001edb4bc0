import { currentHost } from './current-host.ts';
import { useEventTime } from './use-event-time.ts';
import { useState } from './use-state.ts';

/** The event time that an operator has reached: no earlier event is expected. */
export interface Watermark {
  /** Epoch milliseconds; `-Infinity` before the first event. */
  readonly current: number;
  /**
   * Notes the time of an event and returns the watermark after it. It never goes back; `NaN` does
   * not move it, and no event does in a task whose topic carries the watermarks of its writers.
   * In a job an event that is ahead of its append to the log moves it to that append, not further.
   */
  observe(time: number): number;
}

/**
 * The watermark of an operator: the newest event time seen. Checkpointed like all state.
 * Call it while the operator is being subscribed.
 *
 * In a task it also moves without an event: with the watermarks that a re-keyed topic carries, and
 * with the clock where a stream is quiet. Operators upstream are told first, and what they emit is
 * delivered before the next is told; where a `share` joins branches of one pipeline again, put
 * operators that depend on each other in one branch.
 *
 * @param onAdvance called after such a move. It emits through `useEmitter` only.
 */
export function useWatermark(name: string, onAdvance?: (time: number) => void): Watermark {
  const host = currentHost(name);
  const newest = useState(`${name}.watermark`, Number.NEGATIVE_INFINITY);
  const isCarried = useEventTime(name, (time) => {
    if (!(time > newest.current)) return;
    newest.current = time;
    onAdvance?.(time);
  });
  return {
    get current() {
      return newest.current;
    },
    observe(time) {
      const before = newest.current;
      const held = host ? host.heldTime(time) : time;
      if (!(held > before) || isCarried()) return before;
      newest.current = held;
      return held;
    },
  };
}
