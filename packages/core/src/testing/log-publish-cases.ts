import assert from 'node:assert/strict';
import { writtenEnd } from '../adapter/written-end.ts';
import { avroDecoder } from '../codec/avro-codec.ts';
import { defineEvent } from '../codec/define-event.ts';
import { headersJson } from '../codec/header-values.ts';
import { PartitionCountError } from '../contract/errors.ts';
import type { LogRecord } from '../contract/event-log.ts';
import { assertSame } from './assert-same.ts';
import {
  type Check,
  drain,
  numbers,
  readTopic,
  record,
  single,
  text,
  textOf,
} from './log-contract-context.ts';

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'listener', type: 'string' },
    ],
  },
  { time: 'at', key: 'listener' },
);

/** Promises of a log about records that are published. */
export const publishCases: Readonly<Record<string, Check>> = {
  'keeps the order of each key': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 3 });
    for (const batch of numbers(4))
      await log.publish(
        topic,
        numbers(100).map((i) => record(`key ${i % 7}`, String(batch * 100 + i))),
      );
    const records = (await readTopic(log, topic)).flat();
    for (const k of numbers(7)) {
      const ofKey = records.filter(({ key }) => key === `key ${k}`).map(textOf);
      assertSame(
        ofKey,
        numbers(400)
          .filter((n) => (n % 100) % 7 === k)
          .map(String),
      );
    }
  },

  'keeps the records of a key in one partition, and spreads keys': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 4 });
    await log.publish(
      topic,
      numbers(400).map((i) => record(`key ${i % 100}`, String(i))),
    );
    const keys = (await readTopic(log, topic)).map((records) => new Set(records.map((r) => r.key)));
    assert.equal(
      keys.reduce((sum, { size }) => sum + size, 0),
      100,
      'a key is in two partitions',
    );
    for (const { size } of keys) assert.ok(size > 0, 'a partition is empty');
  },

  'appends a record to the partition that it names, whatever its key': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 3 });
    await log.publish(topic, [
      ...numbers(9).map((i) => ({ ...record('key', `${i}`), partition: i % 3 })),
      record('key', 'by its key'),
      ...numbers(3).map((i) => ({ ...record(`key ${i}`, 'last'), partition: 2 })),
    ]);
    const found = (await readTopic(log, topic)).map((records) => records.map(textOf));
    const byKey = found.findIndex((values) => values.includes('by its key'));
    const expected = [
      ['0', '3', '6'],
      ['1', '4', '7'],
      ['2', '5', '8'],
    ];
    expected[byKey]?.push('by its key');
    expected[2]?.push('last', 'last', 'last');
    assertSame(found, expected);
    await log.publish(topic, [record('key', 'again')]);
    const again = (await readTopic(log, topic))[byKey]?.map(textOf);
    assert.equal(again?.at(-1), 'again', 'the partition of the key is another than before');
  },

  'appends nothing when a record names a partition that the topic does not have': async ({
    log,
    topic,
  }) => {
    await log.createTopic(topic, { partitions: 2 });
    for (const partition of [-1, 2, 0.5, Number.NaN])
      await assert.rejects(
        log.publish(topic, [
          record('a', '1'),
          { ...record('a', '2'), partition },
          record('b', '3'),
        ]),
        PartitionCountError,
        `partition ${partition}`,
      );
    assertSame(await readTopic(log, topic), [[], []]);
  },

  'numbers records without gaps from the start': async (context) => {
    const reader = await single(context, ['a', 'b']);
    await context.log.publish(context.topic, [record('key', 'c')]);
    const { start, end } = await reader.bounds();
    assert.equal(await writtenEnd(reader), end, 'written, with no transaction under way');
    const offsets = (await drain(reader)).map(({ offset }) => offset);
    assertSame(offsets, [start, start + 1, start + 2]);
  },

  'returns keys and values as they were published': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const sent = [
      { key: '', value: new Uint8Array(0) },
      { key: 'Beyoncé 🎵', value: Uint8Array.from(numbers(256)) },
      { key: 'k'.repeat(2_000), value: new Uint8Array(100_000).fill(7) },
    ];
    await log.publish(topic, sent);
    const [received = []] = await readTopic(log, topic);
    assertSame(
      received.map(({ key, value }) => ({ key, value: new Uint8Array(value) })),
      sent,
    );
  },

  'returns headers as they were published': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const headers = { file: 'lïsten.jsonl', line: '12', empty: '' };
    await log.publish(topic, [
      { ...record('a', '1'), headers },
      { ...record('a', '2'), headers: {} },
      record('a', '3'),
    ]);
    const [received = []] = await readTopic(log, topic);
    assertSame(
      received.map((r) => ({ ...r.headers })),
      [headers, {}, {}],
    );
  },

  'returns the bytes of headers, and all values of one name': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const odd = Uint8Array.of(0xff, 0, 0xc3);
    const headers = {
      trace: Uint8Array.of(0x80, 1, 2),
      part: ['one', odd, null, 'two'],
      none: null,
      ['__proto__']: 'a name as any other',
    };
    await log.publish(topic, [{ ...record('a', '1'), headers }]);
    odd.fill(0);
    const [[received] = []] = await readTopic(log, topic);
    odd.set([0xff, 0, 0xc3]);
    assertSame(JSON.parse(headersJson(received?.headers ?? {})), JSON.parse(headersJson(headers)));
  },

  'keeps a value when its producer uses the buffer again': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const value = text('first');
    await log.publish(topic, [{ key: 'a', value }]);
    value.fill(0);
    const [[received] = []] = await readTopic(log, topic);
    assert.equal(received && textOf(received), 'first');
  },

  'stamps records with a time that never goes back': async (context) => {
    const reader = await single(context);
    const before = Date.now();
    for (const i of numbers(5)) await context.log.publish(context.topic, [record('a', String(i))]);
    const times = (await drain(reader)).map(({ loggedAt }) => loggedAt);
    assert.equal(times.length, 5);
    assertSame(
      times,
      times.toSorted((a, b) => a - b),
    );
    // A broker's clock may differ from ours; a time in other units differs by far more.
    for (const time of times) assert.ok(Math.abs(time - before) < 3_600_000, `logged at ${time}`);
  },

  'publishes nothing for an empty batch': async (context) => {
    const reader = await single(context, ['a']);
    const before = await reader.bounds();
    await context.log.publish(context.topic, []);
    assertSame(await reader.bounds(), before);
  },

  'keeps every record of concurrent publishes, each once and in its order': async (context) => {
    const { log, topic } = context;
    await log.createTopic(topic, { partitions: 2 });
    await Promise.all(
      numbers(20).map(async (producer) => {
        for (const i of numbers(10)) await log.publish(topic, [record(`${producer}`, `${i}`)]);
      }),
    );
    const records = (await readTopic(log, topic)).flat();
    for (const producer of numbers(20)) {
      const own = records.filter(({ key }) => key === `${producer}`).map(textOf);
      assertSame(own, numbers(10).map(String));
    }
  },

  'returns 10,000 records unchanged': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 3 });
    const sent = numbers(10_000).map((i) => record(`key ${i % 997}`, `${i} `.repeat(60)));
    for (const start of [0, 1, 2_500, 7_000]) {
      const end = { 0: 1, 1: 2_500, 2500: 7_000, 7000: 10_000 }[start];
      await log.publish(topic, sent.slice(start, end));
    }
    const number = (r: LogRecord) => Number.parseInt(textOf(r), 10);
    const received = (await readTopic(log, topic)).flat().sort((a, b) => number(a) - number(b));
    assertSame(
      received.map((r) => `${r.key}: ${textOf(r)}`),
      sent.map(({ key, value }) => `${key}: ${new TextDecoder().decode(value)}`),
    );
  },

  'publishes and registers events of a type': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const plays = numbers(3).map((i) => ({ at: 1_700_000_000_000 + i, listener: `ann ${i}` }));
    const typed = log.topic(topic, Play);
    await typed.publish(plays.slice(0, 1));
    await typed.publish(plays.slice(1));
    const [records = []] = await readTopic(log, topic);
    const decoder = avroDecoder(Play, log.registry);
    await decoder.prepare(records);
    assertSame(
      records.map((r) => ({ key: r.key, value: decoder.decode(r) })),
      plays.map((value) => ({ key: value.listener, value })),
    );
  },

  'publishes events in the format that their topic is said to have': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 1 });
    const play = { at: 1_700_000_000_000, listener: 'ann' };
    await log.topic(topic, Play, { format: 'json' }).publish([play]);
    const [records = []] = await readTopic(log, topic);
    assert.deepEqual(records.map(textOf), [JSON.stringify(play)]);
  },
};
