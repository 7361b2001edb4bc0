import { type Play, plays, publishPlays } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import type { EpochMetrics } from '../contract/metrics.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

const DAY = 86_400_000;

async function ran(loggedAt: number, ...times: readonly number[]) {
  const log = memoryLog({ now: () => loggedAt });
  const values = plays(times.length).map((play, i) => ({ ...play, at: times[i] as number }));
  const into = memorySink<Play>();
  const seen: EpochMetrics['counts'][] = [];
  const { counts } = await run({
    name: 'plays',
    from: await publishPlays(log, values),
    through: (plays$) => plays$,
    into,
    atEnd: 'stop',
    metrics: { committed: (metrics) => void seen.push(metrics.counts) },
  });
  return { counts, seen, dead: into.dead.map(({ reason }) => reason) };
}

describe('an event whose record has no time of its append', () => {
  it.each([-1, 0])('is processed, and counted, with %i', async (loggedAt) => {
    const { counts, seen, dead } = await ran(loggedAt, 1_700_000_000_000, 1_700_000_000_001);
    expect(dead).toEqual([]);
    expect(counts).toEqual({ in: 2, out: 2, unstamped: 2 });
    expect(seen).toEqual([counts]);
  });

  it('is not counted where its time would pass in any case', async () => {
    expect((await ran(0, 5, DAY)).counts).toEqual({ in: 2, out: 2 });
  });

  it('leaves the check of others as it is', async () => {
    const { counts, dead } = await ran(1, DAY + 1, DAY + 2);
    expect(counts).toEqual({ in: 2, out: 1, dead: 1, ahead: 1 });
    expect(dead).toEqual([
      `event time ${DAY + 2} is 24.0 hours ahead of its append to the log, more than maxFutureSkew allows`,
    ]);
  });
});
