import { describe, expect, test } from 'vitest';
import { ConfigError } from '../errors.ts';
import { stateId } from '../model/state-machine.ts';
import { defaultConfig } from './default-config.ts';
import type { EventsimConfig } from './eventsim-config.ts';
import { parseConfig } from './parse-config.ts';

const home = { page: 'Home', method: 'GET', status: 200, auth: 'Guest', level: 'free' };
const song = { ...home, page: 'NextSong', method: 'PUT' };
const bye = { ...home, page: 'Bye', auth: 'Gone' };
const small: EventsimConfig = {
  'churned-state': 'Gone',
  'show-user-details': [
    { auth: 'Guest', show: false },
    { auth: 'Gone', show: true },
  ],
  levels: [{ level: 'free', weight: 1 }],
  auths: [{ auth: 'Guest', weight: 1 }],
  'new-session': [{ ...home, weight: 1 }],
  transitions: [
    { source: home, dest: song, p: 0.5 },
    { source: song, dest: song, p: 0.5 },
    { source: song, dest: bye, p: 0.1 },
  ],
};

/** The message for a configuration that differs from the small one. */
function refusal(change: Record<string, unknown>): string {
  try {
    parseConfig({ ...small, ...change });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return 'accepted';
}

describe('parseConfig', () => {
  test('fills in what Eventsim assumes, in seconds', () => {
    expect(parseConfig(small)).toMatchObject({
      seed: 0,
      alpha: 60,
      beta: 259_200,
      clock: {
        sessionGap: 1_800,
        damping: 0.0625,
        weekendDamping: 0.5,
        weekendDampingOffset: 360,
        weekendDampingScale: 360,
      },
      newUser: { auth: 'Guest', level: 'free' },
      users: 1,
      firstUserId: 1,
      growthRate: 0,
      start: undefined,
      end: undefined,
      tag: undefined,
    });
  });

  test('reads dates without a zone as UTC', () => {
    const dates = (start: string) => parseConfig({ ...small, 'start-date': start }).start;
    expect(dates('2026-03-02')).toBe(Date.UTC(2026, 2, 2));
    expect(dates('2026-03-02T06:30:00')).toBe(Date.UTC(2026, 2, 2, 6, 30));
    expect(dates('2026-03-02T06:30:00+02:00')).toBe(Date.UTC(2026, 2, 2, 4, 30));
  });

  test('takes remarks, and what the example of the original has and does not read', () => {
    const remarks = { _: 'a', $schema: 'b', '// c': 'd', upgrades: [], downgrades: [] };
    expect(refusal(remarks)).toBe('accepted');
  });

  test('takes the factor t of a transition, and 1 without it', () => {
    const [first] = small.transitions;
    const { transitions } = parseConfig({
      ...small,
      transitions: [{ ...first, t: 2.5 }, ...small.transitions.slice(1)],
    });
    expect(transitions.map(({ t }) => t)).toEqual([2.5, 1, 1]);
  });

  test('tolerates decimals that add up to a little more than 1', () => {
    const more = [0.1, 0.2, 0.7].map((p, i) => ({
      source: home,
      dest: { ...song, status: 200 + i },
      p,
    }));
    expect(0.7 + 0.2 + 0.1).not.toBe(1);
    expect(refusal({ transitions: [...more, ...small.transitions.slice(1)] })).toBe('accepted');
  });

  test('new users get the level called free in any case, else the first', () => {
    const level = (name: string) => {
      const rename = (state: typeof home) => ({ ...state, level: name });
      return parseConfig({
        ...small,
        levels: [{ level: name, weight: 1 }],
        'new-session': [{ ...rename(home), weight: 1 }],
        transitions: small.transitions.map(({ source, dest, p }) => ({
          source: rename(source),
          dest: rename(dest),
          p,
        })),
      }).newUser.level;
    };
    expect(level('Free')).toBe('Free');
    expect(level('trial')).toBe('trial');
  });

  test.each([
    [
      'alpha',
      { alpha: 0 },
      'configuration key "alpha": expected a number above 0, up to 1,000,000,000, found 0',
    ],
    [
      'text',
      { beta: '3' },
      'configuration key "beta": expected a number above 0, up to 1,000,000,000, found "3"',
    ],
    [
      'growth',
      { 'growth-rate': -0.5 },
      'configuration key "growth-rate": expected a number from 0 to 10,000,000, found -0.5',
    ],
    [
      'damping',
      { 'weekend-damping': 1.2 },
      'configuration key "weekend-damping": expected a number from 0 to 1, found 1.2',
    ],
    [
      'a misspelt key',
      { sessionGap: 5 },
      'configuration key "sessionGap": expected a key that is known (did you mean "session-gap"?), found 5',
    ],
    [
      'a misspelt key further in',
      { transitions: [{ ...small.transitions[0], tt: 2 }, ...small.transitions.slice(1)] },
      'configuration key "transitions[0].tt": expected a key that is known (did you mean "t"?), found 2',
    ],
    [
      'a key that is near none',
      { levels: [{ level: 'free', weight: 1, colour: 'red' }] },
      'configuration key "levels[0].colour": expected one of level, weight, found "red"',
    ],
    ['seed', { seed: 0.5 }, 'configuration key "seed": expected a whole number, found 0.5'],
    [
      'users',
      { 'n-users': 0 },
      'configuration key "n-users": expected a whole number from 1 to 10,000,000, found 0',
    ],
    [
      'date',
      { 'start-date': 'soon' },
      'configuration key "start-date": expected an ISO 8601 time such as 2026-03-02T00:00:00, found "soon"',
    ],
    [
      'no transitions',
      { transitions: [] },
      'configuration key "transitions": expected a list with at least one entry, found []',
    ],
    [
      'a missing list',
      { levels: undefined },
      'configuration key "levels": expected a list with at least one entry, found nothing',
    ],
    [
      'no weight',
      { auths: [{ auth: 'Guest', weight: 0 }] },
      'configuration key "auths": expected a weight above 0, found [{"name":"Guest","weight":0}]',
    ],
    [
      'a weight below 0',
      { 'new-session': [{ ...home, weight: -1 }] },
      'configuration key "new-session[0].weight": expected a number from 0 to 1,000,000,000,000, found -1',
    ],
    [
      'a probability over 1',
      { transitions: [{ source: home, dest: home, p: 1.5 }] },
      'configuration key "transitions[0].p": expected a number from 0 to 1, found 1.5',
    ],
    [
      'a status',
      { transitions: [{ source: { ...home, status: 20 }, dest: home, p: 1 }] },
      'configuration key "transitions[0].source.status": expected an HTTP status from 100 to 599, found 20',
    ],
    [
      'no source',
      { transitions: [{ dest: home, p: 1 }] },
      'configuration key "transitions[0].source": expected an object, found nothing',
    ],
    [
      'probabilities over 1',
      { transitions: [...small.transitions, { source: song, dest: home, p: 0.41 }] },
      'configuration key "transitions[3].p": expected probabilities from NextSong (PUT 200, Guest, free) that add up to at most 1, found 1.01',
    ],
    [
      'an unknown page as a destination',
      {
        transitions: [
          ...small.transitions,
          { source: home, dest: { ...home, page: 'Hom' }, p: 0.1 },
        ],
      },
      'configuration key "transitions[3].dest.page": expected a page that transitions start from (for a page that ends the session, give it a transition with p 0), found "Hom"',
    ],
    [
      'an unknown page as a source',
      {
        transitions: [
          ...small.transitions,
          { source: { ...home, page: 'Hom' }, dest: home, p: 0.1 },
        ],
      },
      'configuration key "transitions[3].source.page": expected a page that another transition or new-session leads to, found "Hom"',
    ],
    [
      'an entry that is no state',
      {
        'new-session': [
          { ...home, weight: 1 },
          { ...home, status: 404, weight: 1 },
        ],
      },
      'configuration key "new-session[1]": expected a state that occurs in transitions, found "Home (GET 404, Guest, free)"',
    ],
    [
      'a level without a state to start from',
      { levels: [...small.levels, { level: 'paid', weight: 1 }] },
      'configuration key "new-session": expected a state with a weight above 0 for auth "Guest" and level "paid" (users start so), found ["Guest, free"]',
    ],
    [
      'new users without a state to start from',
      { 'growth-rate': 1, 'new-user-auth': 'New' },
      'configuration key "new-session": expected a state with a weight above 0 for auth "New" and level "free" (new users start so), found ["Guest, free"]',
    ],
    [
      'sessions that end where none can start',
      {
        'churned-state': undefined,
        transitions: [...small.transitions, { source: bye, dest: bye, p: 0 }],
      },
      'configuration key "new-session": expected a state with a weight above 0 for auth "Gone" and level "free" (a session can end in Bye (GET 200, Gone, free)), found ["Guest, free"]',
    ],
    [
      'an auth that is not told to be shown or not',
      { 'show-user-details': [{ auth: 'Guest', show: false }] },
      'configuration key "show-user-details": expected an entry for auth "Gone", found ["Guest"]',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(change)).toBe(message);
  });

  test('refuses what is no object', () => {
    expect(() => parseConfig('{}')).toThrow(
      'configuration key "(all)": expected an object, found "{}"',
    );
  });

  test('the error holds the key', () => {
    expect(() => parseConfig({ ...small, seed: 'x' })).toThrow(
      expect.objectContaining({ key: 'seed', code: 'STREAMIFY_SIMULATOR_CONFIG' }),
    );
  });
});

describe('defaultConfig', () => {
  test('is a site of 17 pages and 40 states', () => {
    const { transitions } = parseConfig(defaultConfig);
    const states = transitions.flatMap(({ source, dest }) => [source, dest]);
    expect(new Set(states.map(({ page }) => page)).size).toBe(17);
    expect(new Set(states.map(stateId)).size).toBe(40);
  });

  test('survives a file', () => {
    expect(parseConfig(JSON.parse(JSON.stringify(defaultConfig)))).toEqual(
      parseConfig(defaultConfig),
    );
  });
});
