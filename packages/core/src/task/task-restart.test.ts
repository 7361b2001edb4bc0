import {
  bufferCount,
  connect,
  filter,
  type MonoTypeOperatorFunction,
  map,
  merge,
  pipe,
  scan,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { clean, reject } from '../operators/clean.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { eventOf, runEpochs } from '../testing/task-driver.ts';
import type { Pipeline } from './pipeline.ts';

interface Play {
  readonly id: string;
  readonly at: number;
  readonly seconds: number;
}

/** Epochs of any length, of events with duplicates, delays, missing times, wrong values and poison. */
function randomEpochs(seed: number): readonly (readonly StreamEvent<Play>[])[] {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  let offset = 0;
  const event = () => {
    const delay = below(20) === 0 ? 300 : below(40);
    const at = below(30) === 0 ? Number.NaN : offset * 10 - delay;
    const id = `${below(5) === 0 ? Math.max(0, offset - 1 - below(8)) : offset}`;
    const seconds = below(25) === 0 ? -1 : below(25) === 0 ? 666 : below(100);
    return eventOf<Play>(`u${below(4)}`, at, { id, at, seconds }, offset++);
  };
  return Array.from({ length: 8 }, () => Array.from({ length: below(12) }, event));
}

const cleaning: MonoTypeOperatorFunction<StreamEvent<Play>> = clean(
  {
    at: (at: number) => (Number.isNaN(at) ? reject('no time') : at + 1),
    seconds: (seconds: number) => (seconds < 0 ? reject('not a duration') : seconds),
  },
  { time: 'at' },
);
const poison = map((event: StreamEvent<Play>) => {
  if (event.value.seconds === 666) throw new Error('poison');
  return event;
});
const once = (name?: string) =>
  deduplicate<Play>({ by: ({ value }) => value.id, within: 100, ...(name && { name }) });
const sum = { zero: 0, add: (n: number, { value }: StreamEvent<Play>) => n + value.seconds };
const window = (name = 'window', lateness = 20) =>
  tumblingWindow<Play, number>(sum, { size: 50, lateness, name });
const poisonResult = map((result: WindowResult<number>) => {
  if (result.result % 7 === 3) throw new Error('poison result');
  return result;
});
const asEvent = map(({ key, start, end, result }: WindowResult<number>) =>
  eventOf<Play>(key, end, { id: `${key}/${start}`, at: end, seconds: result }),
);

const arrangements: Record<string, Pipeline<Play, unknown>> = {
  'clean, deduplicate and window': pipe(cleaning, once(), window()),
  'deduplicate before clean, poison after both': pipe(once(), cleaning, poison, window()),
  'two deduplications around a window of poison results': pipe(
    once('first'),
    window(),
    poisonResult,
    asEvent,
    once('second'),
  ),
  'two windows in a row': pipe(
    once(),
    poison,
    window('small'),
    poisonResult,
    asEvent,
    tumblingWindow(sum, { size: 300, by: ({ value }) => value.id[1] as string, name: 'large' }),
  ),
  'events beside their windows': pipe(
    cleaning,
    connect((plays$) => merge(plays$.pipe(once(), poison), plays$.pipe(window(), poisonResult))),
  ),
  'two windows side by side': pipe(
    filter(({ key }: StreamEvent<Play>) => key !== 'u0'),
    connect((plays$) => merge(plays$.pipe(window('a', 0)), plays$.pipe(window('b', 100)))),
  ),
};
const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

const outputsOf = (pipeline: Pipeline<Play, unknown>, seed: number) =>
  [false, true].map((restart) => {
    const { dead, ...output } = runEpochs(pipeline, randomEpochs(seed), { restart });
    return { ...output, dead: dead.map((letter) => ({ ...letter, stack: undefined })) };
  });

describe('a task that is restored after every epoch gives what an undisturbed one does:', () => {
  it.each(Object.keys(arrangements))('%s', (name) => {
    const sums = { rows: 0, aside: 0, dead: 0 };
    for (const seed of seeds) {
      const [undisturbed, restarted] = outputsOf(arrangements[name] as never, seed);
      expect(restarted).toEqual(undisturbed);
      for (const kind of ['rows', 'aside', 'dead'] as const)
        sums[kind] += undisturbed?.[kind].length ?? 0;
    }
    expect(Math.min(...Object.values(sums))).toBeGreaterThan(10);
  });
});

describe('an operator that keeps its data to itself is found out:', () => {
  const hiding: Record<string, Pipeline<Play, unknown>> = {
    scan: pipe(scan((n) => n + 1, 0)),
    bufferCount: pipe(bufferCount(3)),
    'a variable of the closure': (plays$) => {
      let last = '';
      return plays$.pipe(
        map(({ key }) => {
          const before = last;
          last = key;
          return before;
        }),
      );
    },
  };
  it.each(Object.keys(hiding))('%s', (name) => {
    const diverging = seeds.filter((seed) => {
      const [undisturbed, restarted] = outputsOf(hiding[name] as never, seed);
      return JSON.stringify(undisturbed) !== JSON.stringify(restarted);
    });
    expect(diverging.length).toBeGreaterThan(seeds.length / 2);
  });
});
