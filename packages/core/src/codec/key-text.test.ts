import { describe, expect, expectTypeOf, it } from 'vitest';
import { CodecError, OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventValue } from '../contract/event-type.ts';
import type { Key } from '../contract/key.ts';
import { run } from '../job/run.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { jobRunner } from '../testing/job-runner.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { defineEvent } from './define-event.ts';
import { compositeKey, keyOfText, keyText } from './key-text.ts';

const odd = ['', ',', '"', '[', ']', '["a"]', '#1', '\\', 'null', '1', 'a","b', 'ä 🎧', '\u0000'];
const keys: readonly Key[] = [
  ...odd,
  0,
  1,
  -1.5,
  2 ** 53,
  1n,
  -(2n ** 63n),
  [1n, 1],
  ['{"long":"1"}'],
  true,
  false,
  null,
  [],
  ...odd.map((text) => [text]),
  ...odd.flatMap((one) => odd.map((other) => [one, other])),
  [1, '1'],
  ['1', 1],
  [null, 'null', true],
];

describe('the text of a key', () => {
  it('is one of its own for each key, and gives it back', () => {
    const texts = keys.map(keyText);
    expect(new Set(texts).size).toBe(keys.length);
    expect(texts.map(keyOfText)).toEqual(keys);
  });

  it('is its own for any two lists of texts, whatever they are made of', () => {
    const random = seededRandom(7);
    const text = () =>
      Array.from({ length: random() * 4 }, () => odd[Math.floor(random() * odd.length)]).join('');
    const lists = Array.from({ length: 5_000 }, () => Array.from({ length: random() * 4 }, text));
    const apart = new Set(lists.map((list) => JSON.stringify(list)));
    expect(new Set(lists.map(keyText)).size).toBe(apart.size);
  });

  it('is itself where nothing could be taken for it', () => {
    expect(keyText('ann')).toBe('ann');
    expect(compositeKey(['ann', 7])).toBe('["ann",7]');
    expect(keyText(-0)).toBe(keyText(0));
  });

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, {}, ['a', undefined]])(
    'is refused for %j',
    (key) => {
      expect(() => keyText(key as never)).toThrow(CodecError);
    },
  );
});

const schema = {
  type: 'record',
  name: 'Play',
  fields: [
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'artist', type: 'string' },
    { name: 'song', type: ['null', 'string'] },
  ],
} as const;
const play = (artist: string, song: string | null, at = 1) => ({ at, artist, song });

describe('the key of an event', () => {
  it('is a field, several fields, or what a function gives', () => {
    const of = (key: Parameters<typeof defineEvent<typeof schema>>[1]['key']) =>
      defineEvent(schema, { time: 'at', key }).keyOf(play('Joni, "Blue"', null));
    expect(of('artist')).toBe('Joni, "Blue"');
    expect(of('song')).toBe('');
    expect(of(['artist', 'song'])).toBe('["Joni, \\"Blue\\"",null]');
    expect(of(({ artist }) => artist.length)).toBe('12');
    expect(of(({ artist, at }) => [at, artist])).toBe('[1,"Joni, \\"Blue\\""]');
  });

  it('is held to fields that can be one', () => {
    // @ts-expect-error there is no such field
    expect(() => defineEvent(schema, { time: 'at', key: 'nobody' })).toThrow(OptionError);
    // @ts-expect-error there is no such field
    expect(() => defineEvent(schema, { time: 'at', key: ['artist', 'nobody'] })).toThrow(
      'key of event Play names no field: nobody',
    );
    // @ts-expect-error a key has at least one field
    expect(() => defineEvent(schema, { time: 'at', key: [] })).toThrow(OptionError);
  });

  it('makes a row that has none a dead letter, and a publisher hear of it', async () => {
    const Lost = defineEvent(schema, {
      time: 'at',
      key: ({ song }) => (song === null ? (undefined as never) : song),
    });
    const log = memoryLog({ now: () => 1 });
    await log.createTopic('plays', { partitions: 2 });
    const topic = log.topic('plays', Lost);
    await expect(topic.publish([play('Joni', null)])).rejects.toThrow(
      'the key of event Play is a text, a number, a bigint, a boolean or null, or several of them as an array; its function gave undefined',
    );
  });
});

describe('a window by several values', () => {
  const count = { zero: 0, add: (n: number) => n + 1 };
  const Play = defineEvent(schema, { time: 'at', key: ['artist', 'song'] });
  type Play = ReturnType<typeof play>;

  it('keeps them apart, and gives them back as they were', async () => {
    const by = tumblingWindow<Play, number, readonly [string, string | null]>(count, {
      size: 100,
      by: ({ value }) => [value.artist, value.song],
    });
    const from = memoryLog().topic('plays', Play);
    const job = jobRunner({ from, through: by });
    await job.push(play('a,b', 'c'), play('a', 'b,c'), play('a', null), play('a', 'null'));
    job.restart();
    await job.push(play('a,b', 'c'));
    await job.complete();
    expect(job.rows.map(({ key, result }) => [key, result])).toEqual(
      expect.arrayContaining([
        [['a', 'b,c'], 1],
        [['a', 'null'], 1],
        [['a', null], 1],
        [['a,b', 'c'], 2],
      ]),
    );
    expect(job.rows).toHaveLength(4);
  });

  it('takes bigints, alone and beside texts that look like one, also over a restart', async () => {
    const Sale = defineEvent(
      {
        type: 'record',
        name: 'Sale',
        fields: [
          { name: 'at', type: 'int' },
          { name: 'id', type: 'long' },
          { name: 'note', type: 'string' },
        ],
      },
      { time: 'at', key: 'id', longs: 'bigint' },
    );
    type Sale = EventValue<typeof Sale>;
    const from = memoryLog().topic('sales', Sale);
    const resultsBy = async <K extends Key>(by: (event: StreamEvent<Sale>) => K) => {
      const job = jobRunner({
        from,
        through: tumblingWindow<Sale, bigint, K>(sum, { size: 100, by }),
      });
      const sale = { at: 1, id: 2n ** 53n + 1n, note: '{"long":"5"}' };
      await job.push(sale, { ...sale, id: 2n ** 53n });
      job.restart();
      await job.push(sale);
      await job.complete();
      return job.rows.map(({ key, result }) => [key, result]);
    };
    const sum = { zero: 0n, add: (n: bigint, { value }: StreamEvent<Sale>) => n + value.id };
    expect(await resultsBy(({ value }) => value.id)).toEqual([
      [2n ** 53n, 2n ** 53n],
      [2n ** 53n + 1n, 2n ** 54n + 2n],
    ]);
    expect(await resultsBy(({ value }) => [value.note, value.id])).toEqual([
      [['{"long":"5"}', 2n ** 53n], 2n ** 53n],
      [['{"long":"5"}', 2n ** 53n + 1n], 2n ** 54n + 2n],
    ]);
  });

  it('makes an event whose key cannot be one a dead letter', async () => {
    const log = memoryLog({ now: () => 1 });
    await log.createTopic('plays', { partitions: 1 });
    const from = log.topic('plays', Play);
    await from.publish([play('a', 'b'), play('a', null)]);
    const into = memorySink<WindowResult<number, readonly string[]>>();
    const through = tumblingWindow<Play, number, readonly string[]>(count, {
      size: 100,
      by: ({ value }) => [value.artist, value.song ?? (undefined as never)],
    });
    await run({ name: 'job', from, through, into, atEnd: 'complete' });
    expect(into.rows.map(({ key }) => key)).toEqual([['a', 'b']]);
    expect(into.dead.map(({ reason }) => reason)).toEqual([
      'a key has texts, numbers, bigints, booleans and null, not undefined',
    ]);
  });

  it('has keys of the type that it groups by', () => {
    const results = tumblingWindow(count, {
      size: 100,
      by: ({ value }: { readonly value: Play }) => [value.artist, value.song],
    });
    type Result = Parameters<Parameters<ReturnType<typeof results>['forEach']>[0]>[0];
    expectTypeOf<Result['key']>().toEqualTypeOf<[string, string | null]>();
    expectTypeOf<WindowResult<number>['key']>().toEqualTypeOf<string>();
  });
});
