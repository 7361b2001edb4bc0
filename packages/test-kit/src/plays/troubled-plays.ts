import { deduplicate, type StreamEvent, tumblingWindow, type WindowResult } from '@streamify/core';
import { map, pipe, tap } from 'rxjs';
import type { Play } from './play.ts';

/** What {@link troubledPipeline} gives: the sum of ids by listener and window. */
export type Result = WindowResult<number>;

/** Plays out of order, with duplicates and late ones, of which {@link troubledPipeline} finds some to be poison. */
export function troubledPlays(count: number): Play[] {
  return Array.from({ length: count }, (_, i) => {
    const id = i % 17 === 3 && i > 20 ? i - 11 : i;
    const delay = id % 31 === 5 ? 700 : (id * 7919) % 150;
    return { id, listener: `u${(id * 31) % 9}`, at: id * 10 - delay };
  });
}

/** Has state of two kinds, counts duplicates, puts late events aside, and throws at some events and some results. */
export const troubledPipeline = pipe(
  deduplicate<Play>({ by: ({ value }) => String(value.id), within: 500 }),
  tap(({ value }: StreamEvent<Play>) => {
    if (value.id % 77 === 50) throw new Error('poison event');
  }),
  tumblingWindow<Play, number>(
    { zero: 0, add: (sum, { value }) => sum + value.id },
    { size: 200, lateness: 150 },
  ),
  map((result: Result) => {
    if (result.key === 'u4' && result.start % 600 === 0) throw new Error('poison result');
    return result;
  }),
);
