import type { PageViewEvent } from '@streamify/models';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from './config/default-config.ts';
import type { EventsimConfig } from './config/eventsim-config.ts';
import { simulateBatches } from './simulate.ts';
import type { SimulationOptions } from './simulation-options.ts';

const views = (options: SimulationOptions): readonly PageViewEvent[] =>
  [...simulateBatches(options)].flatMap(({ events }) => events.page_view_events);
const sessionsOf = (list: readonly PageViewEvent[]): readonly (readonly PageViewEvent[])[] => {
  const sessions = new Map<number | null, PageViewEvent[]>();
  for (const view of list) {
    const session = sessions.get(view.sessionId);
    if (session === undefined) sessions.set(view.sessionId, [view]);
    else session.push(view);
  }
  return [...sessions.values()];
};
const userOf = (view: PageViewEvent | undefined) => Math.floor((view?.sessionId ?? 0) / 1_000_000);
const ts = (view: PageViewEvent | undefined) => view?.ts ?? 0;
/** Every pair of page views that follow each other in a session. */
const steps = (list: readonly PageViewEvent[]) =>
  sessionsOf(list).flatMap((session) =>
    session.slice(1).map((view, i) => [session[i] as PageViewEvent, view] as const),
  );

const options = { users: 300, days: 14, seed: 7 } as const;
const run = views(options);

describe('sessions', () => {
  test('count their items without a gap', () => {
    const wrong = steps(run).filter(
      ([before, view]) => view.itemInSession !== (before.itemInSession ?? 0) + 1,
    );
    expect(wrong).toEqual([]);
  });

  test('play a song after a song when the first one ends, to the second', () => {
    const pairs = steps(run).filter(
      ([before, view]) => before.page === 'NextSong' && view.page === 'NextSong',
    );
    expect(pairs.length).toBeGreaterThan(1_000);
    const wrong = pairs.filter(
      ([before, view]) => ts(view) - ts(before) !== Math.floor(before.duration ?? 0) * 1_000,
    );
    expect(wrong).toEqual([]);
  });

  test('follow a redirect after exactly a second', () => {
    const redirects = steps(run).filter(([, view]) => view.status === 307);
    expect(redirects.length).toBeGreaterThan(100);
    for (const [before, view] of redirects) expect(ts(view) - ts(before)).toBe(1_000);
  });

  test('wait for a song that still plays before the next one', () => {
    let playing = 0;
    for (const session of sessionsOf(run)) {
      let songEnd = 0;
      for (const [i, view] of session.entries()) {
        if (view.page !== 'NextSong') continue;
        if (i > 0 && ts(session[i - 1]) < songEnd) {
          expect(ts(view)).toBe(songEnd);
          if (session[i - 1]?.page !== 'NextSong') playing++;
        }
        songEnd = ts(view) + Math.floor(view.duration ?? 0) * 1_000;
      }
    }
    expect(playing).toBeGreaterThan(20);
  });

  test('of a user lie at least the session gap apart, but for the daily rhythm', () => {
    const last = new Map<number, number>();
    const steady = views({ ...options, config: { ...defaultConfig, damping: 0 } });
    for (const session of sessionsOf(steady)) {
      const [first] = session;
      const before = last.get(userOf(first));
      if (before !== undefined) expect(ts(first) - before).toBeGreaterThanOrEqual(1_800_000);
      last.set(userOf(first), ts(session.at(-1)));
    }
    expect(last.size).toBeGreaterThan(200);
  });

  test('wait longer where a transition has a factor', () => {
    const slow: EventsimConfig = {
      ...defaultConfig,
      transitions: defaultConfig.transitions.map((transition) => ({ ...transition, t: 20 })),
    };
    const meanWait = (list: readonly PageViewEvent[]) => {
      const waits = steps(list)
        .filter(([, view]) => view.page === 'Home')
        .map(([before, view]) => ts(view) - ts(before));
      return waits.reduce((a, b) => a + b, 0) / waits.length;
    };
    expect(meanWait(views({ ...options, config: slow }))).toBeGreaterThan(10 * meanWait(run));
  });
});

describe('users', () => {
  test('who cancel never return', () => {
    const restless: EventsimConfig = {
      ...defaultConfig,
      beta: 86_400,
      transitions: defaultConfig.transitions.map((transition) => {
        const { source, dest } = transition;
        if (source.page !== 'NextSong' || dest.page !== 'Home') return transition;
        const left = { ...dest, page: 'Cancellation Confirmation', auth: 'Cancelled' };
        return { ...transition, dest: left };
      }),
    };
    const gone = new Set<number>();
    const returned: PageViewEvent[] = [];
    for (const view of views({ ...options, config: restless })) {
      if (gone.has(userOf(view))) returned.push(view);
      if (view.auth === 'Cancelled') gone.add(userOf(view));
    }
    expect(returned).toEqual([]);
    expect(gone.size).toBeGreaterThan(50);
  });

  test('join at the growth rate, as guests, and do nothing before they have registered', () => {
    const grown = views({ ...options, days: 30, growthRate: 3 });
    const joined = grown.filter((view) => userOf(view) > options.users);
    const ids = new Set(joined.map(userOf));
    // 300 users * 3 a year are 74 in 30 days; some come only after the window.
    expect(ids.size).toBeGreaterThan(30);
    expect(ids.size).toBeLessThan(100);
    expect(joined.some(({ auth }) => auth === 'Guest')).toBe(true);
    expect(grown.filter((view) => (view.registration ?? 0) > ts(view))).toEqual([]);
  });

  test('who are there do the same whether others join or not', () => {
    const grown = views({ ...options, growthRate: 3 });
    const apart = (list: readonly PageViewEvent[]) =>
      list.map(({ registration: _, ...view }) => view);
    expect(apart(grown.filter((view) => userOf(view) <= options.users))).toEqual(apart(run));
  });
});

describe('the shape', () => {
  const month = views({ users: 600, days: 28, seed: 11 });
  const countBy = (size: number, of: (date: Date) => number) => {
    const counts = new Array<number>(size).fill(0);
    for (const view of month) {
      const place = of(new Date(ts(view)));
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return counts;
  };
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  test('listeners are busiest in the afternoon and quietest before dawn', () => {
    const hours = countBy(24, (date) => date.getUTCHours());
    expect(sum(hours.slice(13, 18))).toBeGreaterThan(2 * sum(hours.slice(2, 7)));
  });

  test('a day of a weekend has a little more than half of the events of another day', () => {
    const [sunday = 0, ...days] = countBy(7, (date) => date.getUTCDay());
    const ratio = (sunday + (days[5] ?? 0)) / 2 / (sum(days.slice(0, 5)) / 5);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(0.8);
  });

  test('most page views are songs', () => {
    const songs = month.filter(({ page }) => page === 'NextSong').length / month.length;
    expect(songs).toBeGreaterThan(0.75);
    expect(songs).toBeLessThan(0.92);
  });

  test('who pays stays longer', () => {
    const length = (level: string) => {
      const lengths = sessionsOf(month)
        .filter(([first]) => first?.level === level)
        .map((session) => session.length);
      return sum(lengths) / lengths.length;
    };
    expect(length('paid')).toBeGreaterThan(1.5 * length('free'));
  });
});
