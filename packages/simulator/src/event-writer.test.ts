import { type PageViewEvent, topics } from '@streamify/models';
import { describe, expect, test } from 'vitest';
import { simulateBatches } from './simulate.ts';
import type { SimulationOptions } from './simulation-options.ts';

const collect = (options: SimulationOptions) =>
  [...simulateBatches(options)].map(({ events }) => events);
const run = collect({ users: 300, days: 14, seed: 7 });
const views = run.flatMap((events) => events.page_view_events);
const listens = run.flatMap((events) => events.listen_events);
const auths = run.flatMap((events) => events.auth_events);
const changes = run.flatMap((events) => events.status_change_events);
/** What follows in the same session. */
const followers = new Map<string, PageViewEvent>();
const lastOf = new Map<number | null, PageViewEvent>();
for (const view of views) {
  const before = lastOf.get(view.sessionId);
  if (before !== undefined) followers.set(before.eventId, view);
  lastOf.set(view.sessionId, view);
}

describe('events', () => {
  test('have exactly the fields of their schema, in its order', () => {
    const firsts = [
      [topics.page_view_events, views[0]],
      [topics.listen_events, listens[0]],
      [topics.auth_events, auths[0]],
      [topics.status_change_events, changes[0]],
    ] as const;
    for (const [{ schema }, event] of firsts)
      expect(Object.keys(event ?? {})).toEqual(schema.fields.map(({ name }) => name));
  });

  test('show the user only where the configuration says so', () => {
    const shown = ['Logged In', 'Cancelled'];
    const isWrong = (view: PageViewEvent) => {
      const user = [view.userId, view.firstName, view.lastName, view.gender, view.registration];
      const isShown = shown.includes(view.auth ?? '');
      return user.some((value) => (value !== null) !== isShown);
    };
    expect(views.filter(isWrong)).toEqual([]);
    expect(new Set(views.map(({ auth }) => auth))).toEqual(new Set([...shown, 'Logged Out']));
  });

  test('have their device whether the user is shown or not', () => {
    const isWrong = (view: PageViewEvent) =>
      [view.city, view.zip, view.state, view.userAgent, view.lon, view.lat].includes(null);
    expect(views.filter(isWrong)).toEqual([]);
  });

  test('have a song exactly on NextSong, where a listen stands beside the view', () => {
    const played = views.filter(({ page }) => page === 'NextSong');
    expect(listens.map(({ eventId }) => eventId)).toEqual(played.map(({ eventId }) => eventId));
    const isWrong = (view: PageViewEvent) =>
      [view.trackId, view.artistId, view.artist, view.song, view.duration].some(
        (value) => (value !== null) !== (view.page === 'NextSong'),
      );
    expect(views.filter(isWrong)).toEqual([]);
  });

  test('of a listen are those of its page view', () => {
    const listen = listens[0];
    expect(views.find(({ eventId }) => eventId === listen?.eventId)).toMatchObject(listen ?? {});
  });

  test('of authentication follow a Login page, and only that', () => {
    const expected = views.flatMap((view) => {
      const next = followers.get(view.eventId);
      return view.page === 'Login' && next !== undefined ? [next.eventId] : [];
    });
    // The Login of a session that was under way at the start was never written.
    const cut = new Set(
      sessionFirsts().flatMap(({ eventId, itemInSession }) =>
        itemInSession === 0 ? [] : [eventId],
      ),
    );
    const found = auths.map(({ eventId }) => eventId).filter((id) => !cut.has(id));
    expect(found).toEqual(expected.sort((a, b) => found.indexOf(a) - found.indexOf(b)));
  });

  test('of authentication succeed where the user is logged in', () => {
    for (const { success, userId } of auths) expect(success).toBe(userId !== null);
    expect(new Set(auths.map(({ success }) => success))).toEqual(new Set([true, false]));
  });

  test('of a change of level have the level that is left', () => {
    const levels = new Set<string | null>();
    const month = collect({ users: 1_000, days: 30 });
    const page = new Map(
      month.flatMap((events) => events.page_view_events.map((view) => [view.eventId, view.page])),
    );
    for (const { eventId, level } of month.flatMap((events) => events.status_change_events)) {
      expect(page.get(eventId)).toBe(level === 'free' ? 'Submit Upgrade' : 'Submit Downgrade');
      levels.add(level);
    }
    expect(levels).toEqual(new Set(['free', 'paid']));
    for (const change of changes) {
      const next = followers.get(change.eventId);
      if (next?.page === 'Home') expect(next.level).not.toBe(change.level);
    }
  });

  test('have the tag where they show the user', () => {
    const tagged = collect({ users: 40, days: 14, seed: 7, tag: 'blue' }).flatMap(
      (events) => events.page_view_events,
    );
    const wrong = tagged.filter(({ tag, userId }) => tag !== (userId === null ? null : 'blue'));
    expect(wrong).toEqual([]);
    expect(tagged.some(({ tag }) => tag === 'blue')).toBe(true);
    expect(views.every(({ tag }) => tag === null)).toBe(true);
  });
});

/** The first page view of each session. */
function sessionFirsts(): readonly PageViewEvent[] {
  const firsts = new Map<number | null, PageViewEvent>();
  for (const view of views) if (!firsts.has(view.sessionId)) firsts.set(view.sessionId, view);
  return [...firsts.values()];
}
