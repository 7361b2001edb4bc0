import { Play, plays } from '@streamify/test-kit/plays';
import { bufferCount, distinct, map, pipe, scan, share, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { clean, reject } from '../operators/clean.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow } from '../operators/tumbling-window.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { eventsOf } from './events-of.ts';
import { restartSafe } from './restart-safe.ts';

type PlayEvent = StreamEvent<Play>;

const events = eventsOf(Play, [...plays(60), ...plays(20), ...plays(20, 80)]);
const count = { zero: 0, add: (n: number) => n + 1 };

describe('restartSafe', () => {
  it('passes pipelines that keep what they remember in checkpoints', async () => {
    await restartSafe(
      pipe(
        clean({ id: (id: number) => (id % 13 === 7 ? reject('unlucky') : id) }),
        deduplicate<Play>({ by: ({ value }) => String(value.id), within: 300 }),
        tumblingWindow<Play, number>(count, { size: 100, lateness: 50 }),
      ),
      events,
    );
    await restartSafe((plays$) => plays$.pipe(map(({ value }) => value.id)), events);
  });

  it('passes poison that is poison every time', async () => {
    const poison = tap(({ value }: PlayEvent) => {
      if (value.id % 10 === 3) throw new Error('poison');
    });
    await restartSafe(pipe(poison, tumblingWindow<Play, number>(count, { size: 100 })), events);
  });

  let calls = 0;
  const unsafe: Record<string, Pipeline<Play, unknown>> = {
    scan: (plays$) => plays$.pipe(scan((n) => n + 1, 0)),
    bufferCount: (plays$) => plays$.pipe(bufferCount(10)),
    distinct: (plays$) => plays$.pipe(distinct(({ value }) => value.id)),
    'a variable of its own': (plays$) => plays$.pipe(map(() => calls++)),
    chance: (plays$) => plays$.pipe(map(() => Math.random())),
    'a lost branch': (plays$) =>
      plays$.pipe(
        share(),
        scan((last: Play[], { value }) => [...last.slice(-2), value], []),
      ),
  };
  it.each(Object.entries(unsafe))('finds %s', async (_, pipeline) => {
    await expect(restartSafe(pipeline, events)).rejects.toThrow(
      /restarted every 1 events, .* differs/,
    );
  });

  it('names the first output that differs, and behind which event', async () => {
    const late = (plays$: Parameters<Pipeline<Play, unknown>>[0]) =>
      plays$.pipe(
        bufferCount(10),
        map((some) => some.length),
      );
    await expect(restartSafe(late, events, { every: [5] })).rejects.toThrow(
      /every 5 events, the pipeline differs behind event 5: rows\[0\] is undefined, and 10 without restarts/,
    );
  });

  it('does not take for a success that nothing came out', async () => {
    await expect(restartSafe((plays$) => plays$.pipe(bufferCount(1_000)), [])).rejects.toThrow(
      'these 0 events give no output',
    );
    await expect(restartSafe((plays$) => plays$, events, { every: [0] })).rejects.toThrow(
      'every must be whole numbers from 1 on, got 0',
    );
  });
});
