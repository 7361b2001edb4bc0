import type { PageViewEvent } from '@streamify/models';
import { describe, expect, test } from 'vitest';
import { defaultCatalogue } from './catalogue/default-catalogue.ts';
import { generateSongs } from './catalogue/song-generator.ts';
import { simulateBatches } from './simulate.ts';
import type { SimulationOptions } from './simulation-options.ts';

const options = { users: 300, days: 30, seed: 6 };
const batches = (more: SimulationOptions = {}) =>
  [...simulateBatches({ ...options, ...more })].map(({ events }) => events);
const viewsOf = (more?: SimulationOptions) =>
  batches(more).flatMap((each) => each.page_view_events);

describe('compat', () => {
  test('adds the auth events that the original repeats at redirects, and changes nothing else', () => {
    const [plain, compat] = [batches(), batches({ compat: true })];
    const views = new Map(
      plain.flatMap((each) => each.page_view_events).map((view) => [view.eventId, view]),
    );
    const ids = (list: typeof plain) =>
      list.flatMap((each) => each.auth_events).map(({ eventId }) => eventId);
    const known = new Set(ids(plain));
    const added = ids(compat).filter((id) => !known.has(id));
    expect(added.length).toBeGreaterThan(3);
    expect(added.length).toBeLessThan(known.size * 0.2);
    expect(added.every((id) => views.get(id)?.status === 307)).toBe(true);
    expect(ids(compat).filter((id) => known.has(id))).toEqual(ids(plain));
    const rest = (list: typeof plain) =>
      JSON.stringify(list.map(({ auth_events: _, ...each }) => each));
    expect(rest(compat)).toBe(rest(plain));
  });
});

describe('similar songs', () => {
  const songs = generateSongs(50, 1);
  const catalogue = { ...defaultCatalogue(), songs };
  const [a, b, c] = songs.map(({ trackId }) => trackId) as [string, string, string];
  const pairs = (views: readonly PageViewEvent[]) => {
    const last = new Map<number | null, string | null>();
    return views.flatMap(({ sessionId, trackId }) => {
      const before = last.get(sessionId);
      if (trackId !== null) last.set(sessionId, trackId);
      return trackId === null || before === undefined ? [] : [[before, trackId] as const];
    });
  };

  test('follow each other in a session', () => {
    const similar = new Map([
      [a, [b, 'unknown']],
      [b, [c]],
    ]);
    const found = pairs(viewsOf({ catalogue: { ...catalogue, similar } }));
    const after = (track: string) =>
      new Set(found.filter(([before]) => before === track).map(([, next]) => next));
    expect(after(a)).toEqual(new Set([b]));
    expect(after(b)).toEqual(new Set([c]));
    expect(after(c).size).toBeGreaterThan(10);
  });

  test('that nobody plays change nothing', () => {
    const similar = new Map([[a, ['unknown']]]);
    expect(JSON.stringify(viewsOf({ catalogue: { ...catalogue, similar } }))).toBe(
      JSON.stringify(viewsOf({ catalogue })),
    );
  });
});

describe('attrition', () => {
  const active = (more: SimulationOptions, from: number) =>
    new Set(
      viewsOf({ users: 400, days: 365, ...more })
        .filter(({ ts }) => (ts ?? 0) > Date.UTC(2026, 2, 2) + from * 86_400_000)
        .map(({ deviceId }) => deviceId),
    ).size;

  test('of 0.5 lets about half of the users leave in a year', () => {
    const [stay, leave] = [active({}, 335), active({ attritionRate: 0.5 }, 335)];
    expect(leave / stay).toBeGreaterThan(0.38);
    expect(leave / stay).toBeLessThan(0.66);
  });
});
