import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';
import { type SessionClockOptions, sessionClock } from './session-clock.ts';

const hour = 3_600;
const at = (time: string) => Date.parse(`${time}Z`) / 1_000;
const options: SessionClockOptions = {
  sessionGap: 1_800,
  damping: 0.09375,
  weekendDamping: 0.5,
  weekendDampingOffset: 3 * hour,
  weekendDampingScale: 6 * hour,
};
const clock = sessionClock(options);
const random = (id: number) => Random.of(3, id, 'behaviour');

describe('warp', () => {
  test.each([
    ['03:00', 0],
    ['06:00', 5_727],
    ['09:00', 8_100],
    ['15:00', 0],
    ['21:00', -8_100],
    ['00:00', -5_727],
  ])('%s moves by %i seconds', (time, shift) => {
    expect(clock.warp(at(`2026-03-04T${time}`)) - at(`2026-03-04T${time}`)).toBe(shift);
  });

  test('times before 1970 have a time of day as well', () => {
    expect(clock.warp(-86_400 + 9 * hour)).toBe(-86_400 + 9 * hour + 8_100);
  });
});

describe('dampingAt', () => {
  test.each([
    ['a Wednesday', '2026-03-04T12:00', 0],
    ['before the ramp to a Saturday', '2026-03-06T20:59:59', 0],
    ['half up the ramp, at midnight', '2026-03-07T00:00', 0.25],
    ['a quarter up', '2026-03-06T22:30', 0.125],
    ['the top of the ramp', '2026-03-07T03:00', 0.5],
    ['the midnight inside a weekend', '2026-03-08T00:00', 0.5],
    ['half down, at midnight', '2026-03-09T00:00', 0.25],
    ['three quarters down', '2026-03-09T01:30', 0.125],
    ['after the ramp', '2026-03-09T03:00', 0],
    ['Thanksgiving', '2026-11-26T12:00', 0.5],
    ['the day after Thanksgiving, at noon', '2026-11-27T12:00', 0],
    ['its evening, before a Saturday', '2026-11-27T22:30', 0.125],
  ])('%s', (_, time, expected) => {
    expect(clock.dampingAt(at(time))).toBeCloseTo(expected, 10);
  });

  test('without a scale it is a step', () => {
    const step = sessionClock({ ...options, weekendDampingOffset: 0, weekendDampingScale: 0 });
    expect(step.dampingAt(at('2026-03-06T23:59:59'))).toBe(0);
    expect(step.dampingAt(at('2026-03-07T00:00:01'))).toBe(0.5);
    expect(step.dampingAt(at('2026-03-08T23:59:59'))).toBe(0.5);
    expect(step.dampingAt(at('2026-03-09T00:00:00'))).toBe(0);
  });
});

describe('next', () => {
  test('a session is a whole exponential gap and the session gap later, warped', () => {
    const from = at('2026-03-03T12:00');
    const gap = Math.floor(random(1).exponential(20 * hour)) + 1_800;
    const expected = clock.warp(from + gap);
    expect(clock.dampingAt(expected)).toBe(0);
    expect(clock.next(from, 20 * hour, random(1))).toBe(expected);
  });

  test('time never runs backwards, even where the warp does', () => {
    const strong = sessionClock({ ...options, damping: 0.3 });
    for (let id = 0; id < 500; id++) {
      const from = at('2026-03-03T20:00') + id * 600;
      expect(strong.next(from, 60, random(id))).toBeGreaterThanOrEqual(from);
    }
  });

  test('no session starts on days off that are damped entirely', () => {
    const strict = sessionClock({ ...options, weekendDamping: 1 });
    for (let id = 0; id < 500; id++)
      expect(strict.dampingAt(strict.next(at('2026-03-06T12:00'), 8 * hour, random(id)))).not.toBe(
        1,
      );
  });

  test('half of the sessions on days off are dropped', () => {
    const even = sessionClock({ ...options, weekendDamping: 0 });
    const starts = (of: typeof clock) => {
      const draws = random(1);
      let [time, weekend] = [at('2026-01-05T00:00'), 0];
      for (let i = 0; i < 20_000; i++) {
        time = of.next(time, 10 * hour, draws);
        if ([0, 6].includes(new Date(time * 1_000).getUTCDay())) weekend++;
      }
      return weekend / 20_000;
    };
    expect(starts(even)).toBeCloseTo(2 / 7, 1);
    // Half as many on 2 of 7 days: 1 of 6 (a little more for the ramps).
    expect(starts(clock)).toBeGreaterThan(0.15);
    expect(starts(clock)).toBeLessThan(0.2);
  });
});

describe('first', () => {
  const joined = at('2026-03-02T00:00');

  test('lies at most a mean gap before the user joins, however many sessions it takes', () => {
    for (let id = 0; id < 500; id++)
      expect(clock.first(joined, 7 * 24 * hour, random(id))).toBeGreaterThanOrEqual(
        joined - 7 * 24 * hour,
      );
  });

  test('lies at most the lead before it', () => {
    for (let id = 0; id < 500; id++)
      expect(clock.first(joined, 70 * 24 * hour, random(id), hour)).toBeGreaterThanOrEqual(
        joined - hour,
      );
  });
});
