import { topics } from '@streamify/models';
import { firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from './config/default-config.ts';
import {
  type SimulatedEvent,
  simulate,
  simulate$,
  simulateBatches,
  type TopicEvents,
} from './simulate.ts';
import type { SimulationOptions } from './simulation-options.ts';

type Lists = { readonly [T in keyof TopicEvents]: readonly TopicEvents[T][] };
const topicNames = Object.keys(topics) as (keyof TopicEvents)[];

function collect(options: SimulationOptions): Lists {
  const batches = [...simulateBatches(options)].map(({ events }) => events);
  return {
    listen_events: batches.flatMap(({ listen_events }) => listen_events),
    page_view_events: batches.flatMap(({ page_view_events }) => page_view_events),
    auth_events: batches.flatMap(({ auth_events }) => auth_events),
    status_change_events: batches.flatMap(({ status_change_events }) => status_change_events),
  };
}

const start = Date.UTC(2026, 2, 2);
const day = 86_400_000;
const userOf = ({ sessionId }: { readonly sessionId: number | null }) =>
  Math.floor((sessionId ?? 0) / 1_000_000);

const options = { users: 300, days: 14, seed: 7 } as const;
const run = collect(options);
const views = run.page_view_events;

describe('the same events', () => {
  test('come from the same options', () => {
    expect(collect(options)).toEqual(run);
  });

  test.each([1, 7, 1_000_000])('come in batches of %i', (batchSize) => {
    expect(collect({ ...options, batchSize })).toEqual(run);
  });

  test('do not come from another seed', () => {
    const other = collect({ ...options, seed: 8 }).page_view_events;
    expect(other.slice(0, 20).map(({ ts }) => ts)).not.toEqual(
      views.slice(0, 20).map(({ ts }) => ts),
    );
  });

  test('come from a user however many others there are', () => {
    const more = collect({ ...options, users: 450 });
    for (const topic of topicNames)
      expect(
        more[topic].filter((event: TopicEvents[typeof topic]) => userOf(event) <= 300),
      ).toEqual(run[topic]);
  });

  test('come first in a longer simulation', () => {
    const longer = collect({ ...options, days: 20 }).page_view_events;
    expect(longer.slice(0, views.length)).toEqual(views);
    expect(longer.length).toBeGreaterThan(views.length);
  });

  test('come again from each iteration of one simulation', () => {
    const batches = simulateBatches({ ...options, users: 20 });
    expect([...batches]).toEqual([...batches]);
  });

  test('come one at a time, in the order of time, user and item', async () => {
    const singly: SimulatedEvent[] = [];
    for await (const event of simulate({ ...options, users: 60, batchSize: 100 }))
      singly.push(event);
    const whole = collect({ ...options, users: 60 });
    for (const topic of topicNames)
      expect(singly.filter((event) => event.topic === topic).map(({ value }) => value)).toEqual(
        whole[topic],
      );
    const rank = ({ value }: SimulatedEvent) => [
      value.ts ?? 0,
      userOf(value),
      value.itemInSession ?? 0,
    ];
    for (const [i, event] of singly.entries()) {
      const [a, b] = [rank(singly[i - 1] ?? event), rank(event)];
      const differs = a.findIndex((part, place) => part !== b[place]);
      if (differs >= 0) expect(a[differs]).toBeLessThan(b[differs] as number);
    }
  });
});

describe('time', () => {
  test('is later than the start and earlier than the end, and never runs backwards', () => {
    const times = views.map(({ ts }) => ts ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(start);
    expect(times.at(-1)).toBeLessThan(start + options.days * day);
  });

  test('a batch tells how far it is', () => {
    for (const { time, events } of simulateBatches({ ...options, users: 20, batchSize: 10 }))
      expect(events.page_view_events.at(-1)?.ts).toBe(time);
  });

  test('a window without anybody is no batch', () => {
    expect([...simulateBatches({ users: 1, end: start + 1_000, start })]).toEqual([]);
  });
});

describe('ids', () => {
  test('of events are unique in a topic, and shared by what is one action', () => {
    for (const topic of topicNames) {
      const ids = run[topic].map(({ eventId }) => eventId);
      expect(new Set(ids).size).toBe(ids.length);
    }
    const viewIds = new Set(views.map(({ eventId }) => eventId));
    expect(run.listen_events.every(({ eventId }) => viewIds.has(eventId))).toBe(true);
    expect(run.auth_events.every(({ eventId }) => viewIds.has(eventId))).toBe(true);
  });

  test('of users count from 1, or from the first id given', () => {
    const config = { ...defaultConfig, beta: 43_200 };
    const ids = (firstUserId?: number) => {
      const first = firstUserId === undefined ? {} : { firstUserId };
      const users = collect({ config, users: 5, days: 14, ...first }).page_view_events.map(userOf);
      return [...new Set(users)].sort();
    };
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(ids(1_001)).toEqual([1_001, 1_002, 1_003, 1_004, 1_005]);
  });

  test('of a device are one for a user and differ between users', () => {
    const devices = new Map(views.map((view) => [userOf(view), view.deviceId]));
    expect(new Set(devices.values()).size).toBe(devices.size);
    expect(views.filter((view) => view.deviceId !== devices.get(userOf(view)))).toEqual([]);
  });
});

describe('as a stream', () => {
  test('an Observable has the events of the iterable', async () => {
    const expected: SimulatedEvent[] = [];
    for await (const event of simulate({ users: 5, days: 5 })) expected.push(event);
    const events$ = simulate$({ users: 5, days: 5 });
    expect(await firstValueFrom(events$.pipe(toArray()))).toEqual(expected);
    expect(await firstValueFrom(events$.pipe(take(3), toArray()))).toEqual(expected.slice(0, 3));
  });

  test('a thousand years are not simulated to see the first event', async () => {
    for await (const { topic } of simulate({ users: 3, days: 365_000 })) {
      expect(topic).toBe('page_view_events');
      break;
    }
  });
});
