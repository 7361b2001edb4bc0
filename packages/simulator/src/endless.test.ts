import { describe, expect, test } from 'vitest';
import { defaultConfig } from './config/default-config.ts';
import type { EventsimConfig } from './config/eventsim-config.ts';
import { SimulationError } from './errors.ts';
import { population } from './model/population.ts';
import { Random } from './model/random.ts';
import { sessionClock } from './model/session-clock.ts';
import { simulateBatches } from './simulate.ts';
import { prepareSite } from './site.ts';

const home = { page: 'Home', method: 'GET', status: 200, auth: 'Guest', level: 'free' };
const more = { ...home, page: 'More' };
const roundAndRound: EventsimConfig = {
  'show-user-details': [{ auth: 'Guest', show: true }],
  levels: [{ level: 'free', weight: 1 }],
  auths: [{ auth: 'Guest', weight: 1 }],
  'new-session': [{ ...home, weight: 1 }],
  transitions: [
    { source: home, dest: more, p: 1, t: 0 },
    { source: more, dest: home, p: 1, t: 0 },
  ],
};

describe('what would never end', () => {
  test('a gap of nothing between sessions is refused', () => {
    expect(() => simulateBatches({ config: { ...defaultConfig, 'session-gap': 0 } })).toThrow(
      'configuration key "session-gap": expected a number from 1 to 1,000,000,000, found 0',
    );
  });

  test.each([0, 0.0625, 1])('a clock of no gap and a damping of %d moves on', (damping) => {
    const clock = sessionClock({
      sessionGap: 0,
      damping,
      weekendDamping: 1,
      weekendDampingOffset: 0,
      weekendDampingScale: 0,
    });
    const saturday = Date.UTC(2026, 2, 7, 20) / 1_000;
    expect(clock.next(saturday, 1e-9, Random.of(1, 1, 'behaviour'))).toBeGreaterThan(saturday);
  });

  test('transitions that take no time and have no way out end with a sentence', () => {
    const batches = simulateBatches({ config: roundAndRound, days: 1 });
    expect(() => [...batches].length).toThrow(
      new SimulationError(
        'user 1 does 10,000,000 things in a session and has come to More: let the transitions from there add up to less than 1, or raise alpha',
      ),
    );
  });

  test('sessions beyond what their ids have room for end with a sentence', () => {
    const transitions = [{ source: home, dest: home, p: 0 }];
    const config = { ...roundAndRound, transitions, beta: 1e-6, 'session-gap': 1, damping: 0 };
    const batches = simulateBatches({ config, days: 20 });
    expect(() => {
      for (const _ of batches);
    }).toThrow(
      new SimulationError(
        'user 1 has more than 1,000,000 sessions: raise beta or session-gap, or simulate a shorter time',
      ),
    );
  });
});

describe('what there is no room for', () => {
  const { plan, world, start, end } = prepareSite({ users: 20, growthRate: 1_000 });
  const options = { ...plan, start, end, mostAtOnce: Infinity, mostUserId: Infinity };

  test('users that act at a time, beyond what memory holds', () => {
    expect(() => population({ ...options, mostAtOnce: 10 }, world)).toThrow(
      new SimulationError(
        'more users act at a time than the 10 that Node has memory for: take fewer, or give it more with NODE_OPTIONS=--max-old-space-size=MB',
      ),
    );
  });

  test('users who join behind the last id', () => {
    expect(() => population({ ...options, mostUserId: 30 }, world)).toThrow(
      new SimulationError(
        'a user who joins has no id left: 30 is the last one; let the first id be lower, or the growth',
      ),
    );
  });
});

test('the largest ids give sessions that a number tells apart', () => {
  const [batch] = simulateBatches({ firstUserId: 9_007_199_253, users: 1, days: 60, seed: 2 });
  const [view] = batch?.events.page_view_events ?? [];
  expect(Number.isSafeInteger(view?.sessionId)).toBe(true);
  expect(Math.floor((view?.sessionId ?? 0) / 1_000_000)).toBe(9_007_199_253);
});
