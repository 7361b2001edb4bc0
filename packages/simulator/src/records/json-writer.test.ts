import { describe, expect, test } from 'vitest';
import { simulateBatches } from '../simulate.ts';
import type { SimulationOptions } from '../simulation-options.ts';
import { drain, lines, sourceOf, textOf } from '../testing/records.ts';
import type { RecordFormat } from './record-format.ts';
import { topicOrder } from './record-writer.ts';

const options: SimulationOptions = { users: 200, days: 10, seed: 3, growthRate: 2, tag: 'a "b" é' };
const objects = [...simulateBatches(options)].map(({ events }) => events);
const newIds = ['eventId', 'deviceId', 'trackId', 'artistId'];
const parsed = async (format: RecordFormat) =>
  (await drain(sourceOf(options, format), format)).map((records) =>
    records.map((record) => JSON.parse(record.toString()) as Record<string, unknown>),
  );

describe('JSON lines', () => {
  test.each(topicOrder.map((topic, i) => [topic, i] as const))(
    'of %s have what the events have, without what is null',
    async (topic, i) => {
      const expected = objects
        .flatMap((events): readonly object[] => events[topic])
        .map((event) => Object.entries(event).filter(([, value]) => value !== null));
      const withIds = (await parsed({ ...lines, ids: true } as RecordFormat))[i];
      expect(withIds).toEqual(expected.map((entries) => Object.fromEntries(entries)));
      const original = expected.map((entries) =>
        Object.fromEntries(entries.filter(([key]) => !newIds.includes(key))),
      );
      expect((await parsed(lines))[i]).toEqual(original);
      expect(original.length).toBeGreaterThan(0);
    },
  );

  test("have the original's fields in its order", async () => {
    const [views, listens, auths, changes] = await parsed(lines);
    const device = 'city zip state userAgent lon lat';
    const user = 'userId lastName firstName gender registration tag';
    const keys = (record: object | undefined) => Object.keys(record ?? {}).join(' ');
    expect(keys(views?.find(({ page }) => page === 'NextSong'))).toBe(
      `ts sessionId page auth method status level itemInSession ${device} ${user} artist song duration`,
    );
    expect(keys(views?.find(({ auth }) => auth === 'Logged Out'))).toBe(
      `ts sessionId page auth method status level itemInSession ${device}`,
    );
    expect(keys(listens?.[0])).toBe(
      `artist song duration ts sessionId auth level itemInSession ${device} ${user}`,
    );
    expect(keys(auths?.find(({ success }) => success === true))).toBe(
      `ts sessionId level itemInSession ${device} ${user} success`,
    );
    expect(keys(changes?.[0])).toBe(`ts sessionId auth level itemInSession ${device} ${user}`);
  });

  test('of all topics together tell their topic, and keep the order of what happened', async () => {
    const format = { ...lines, together: true } as RecordFormat;
    const [together] = await parsed(format);
    const apart = await parsed(lines);
    for (const [i, topic] of topicOrder.entries()) {
      const own = together?.filter((record) => record['topic'] === topic);
      expect(own?.map(({ topic: _, ...record }) => record)).toEqual(apart[i]);
    }
    const times = together?.map(({ ts }) => ts as number);
    expect(times).toEqual(times?.toSorted((a, b) => a - b));
    expect(together?.[0]?.['topic']).toBe('page_view_events');
  });

  test('are the same in blocks of any size', async () => {
    const whole = (await drain(sourceOf(options, lines), lines)).map(textOf);
    for (const capacity of [1, 7, 100_000])
      expect((await drain(sourceOf(options, lines), lines, { capacity })).map(textOf)).toEqual(
        whole,
      );
  });

  test('cross a change in the number of digits of the time', async () => {
    const early = {
      users: 40,
      start: 999_999_000_000,
      end: 1_000_001_000_000_000 / 1_000 + 86_400_000,
      seed: 1,
    };
    const [views] = await drain(sourceOf(early, lines), lines);
    const times =
      views?.map((record) => (JSON.parse(record.toString()) as { ts: number }).ts) ?? [];
    expect(times.some((ts) => ts > 1_000_000_000_000)).toBe(true);
    expect(times).toEqual(
      [...simulateBatches(early)].flatMap(({ events }) =>
        events.page_view_events.map(({ ts }) => ts),
      ),
    );
  });
});
