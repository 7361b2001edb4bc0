import type { Clock } from '../engine/clock.ts';
import type { Topic } from '../log/topic.ts';

/** A clock that stands still until somebody waits by it. */
export interface VirtualClock extends Clock {
  /** The waits so far, in milliseconds. */
  readonly sleeps: readonly number[];
  advance(ms: number): void;
}

export function virtualClock(start = 0): VirtualClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    async sleep(ms) {
      sleeps.push(ms);
      now += ms;
    },
  };
}

/** The topic, whose readers wait by a virtual clock: a poll that finds nothing takes its whole wait at once. */
export function waitingBy<T>(clock: VirtualClock, topic: Topic<T>): Topic<T> {
  const log = {
    ...topic.log,
    async reader(name: string, partition: number) {
      const reader = await topic.log.reader(name, partition);
      const poll: typeof reader.poll = async (request) => {
        const slice = await reader.poll({ ...request, maxWait: 0 });
        if (slice.records.length === 0) clock.advance(request.maxWait);
        await new Promise((resolve) => setImmediate(resolve));
        return slice;
      };
      return { ...reader, poll };
    },
  };
  return { ...topic, log };
}
