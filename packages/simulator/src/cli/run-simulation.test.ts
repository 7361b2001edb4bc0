import { describe, expect, test } from 'vitest';
import type { RecordOutput } from '../output/record-output.ts';
import { dueTime, fixedRate, fullSpeed, type Pace } from '../pace.ts';
import { lines, sourceOf } from '../testing/records.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { runSimulation } from './run-simulation.ts';

const second = 1_000;
const start = Date.UTC(2026, 2, 2);
const options = { users: 200, seed: 1, start, end: Number.POSITIVE_INFINITY };

/** What is written when, until the clock stops the run. */
async function timed(pace: Pace, clock: ReturnType<typeof virtualClock>) {
  const written: { readonly at: number; readonly ts: number }[] = [];
  const output: RecordOutput = {
    write({ times, actions }) {
      for (const time of times.subarray(0, actions))
        written.push({ at: clock.now(), ts: time * second });
    },
    mark: () => ({}),
    end: () => undefined,
    close: () => undefined,
  };
  const saves: { readonly at: number; readonly isComplete: boolean }[] = [];
  const ending = await runSimulation({
    source: sourceOf(options, lines),
    output,
    lists: 4,
    capacity: 64,
    label: () => undefined,
    pace,
    clock,
    signal: clock.stopped,
    written: [0, 0, 0, 0],
    onBlock: () => undefined,
    save: async (isComplete) => void saves.push({ at: clock.now(), isComplete }),
    saveEvery: 2 * second,
  });
  return { written, saves, ending };
}

describe('a run', () => {
  test('catches up with the past at full speed, and writes then each event when it is due', async () => {
    const now = start + 5 * 86_400 * second;
    const clock = virtualClock(now, now + 86_400 * second);
    const { written, ending } = await timed(dueTime(clock, 1, now), clock);
    const [past, live] = [
      written.filter(({ ts }) => ts <= now),
      written.filter(({ ts }) => ts > now),
    ];
    expect(past.length).toBeGreaterThan(100);
    expect(past.every(({ at }) => at === now)).toBe(true);
    expect(live.length).toBeGreaterThan(100);
    expect(live.every(({ at, ts }) => at === ts)).toBe(true);
    expect(ending).toBe('stopped');
  });

  test('lets time pass ten times as fast', async () => {
    const clock = virtualClock(0, 8_640 * second);
    const { written } = await timed(dueTime(clock, 10, start), clock);
    expect(written.length).toBeGreaterThan(100);
    for (const { at, ts } of written) expect(at).toBe(Math.ceil((ts - start) / 10));
  });

  test('writes as many records a second as it is asked to, whenever they happen', async () => {
    const clock = virtualClock(7, 7 + 100 * second);
    const { written } = await timed(fixedRate(clock, 5, 0), clock);
    const before = (time: number) => written.filter(({ at }) => at < 7 + time * second).length;
    // An action has up to three records; about two have one more.
    expect(before(100)).toBeGreaterThan(200);
    expect(before(100)).toBeLessThanOrEqual(501);
    expect(Math.abs(before(50) - before(100) / 2)).toBeLessThan(20);
  });

  test('saves while it waits, and when it is stopped', async () => {
    const clock = virtualClock(start, start + 86_400 * second);
    const { saves, written } = await timed(dueTime(clock, 1, start), clock);
    expect(saves.at(-1)).toEqual({ at: start + 86_400 * second, isComplete: false });
    for (const { at } of written)
      expect(saves.some((save) => save.at >= at && save.at <= at + 2 * second)).toBe(true);
  });

  test('waits for nothing at full speed', () => {
    expect(fullSpeed(1, 1)).toMatchObject({ wait: 0 });
  });
});
