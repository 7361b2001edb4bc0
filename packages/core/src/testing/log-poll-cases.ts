import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { OffsetOutOfRangeError, OptionError } from '../contract/errors.ts';
import { assertSame } from './assert-same.ts';
import {
  type Check,
  drain,
  limits,
  numbers,
  patience,
  record,
  single,
  soon,
  textOf,
} from './log-contract-context.ts';

/** Promises of a log to readers of a partition. */
export const pollCases: Readonly<Record<string, Check>> = {
  'tells where a partition starts and ends': async (context) => {
    const reader = await single(context);
    const { start, end } = await reader.bounds();
    assert.equal(end, start);
    await context.log.publish(context.topic, [record('key', 'a'), record('key', 'b')]);
    assertSame(await reader.bounds(), { start, end: start + 2 });
  },

  'returns no more records than asked for': async (context) => {
    const reader = await single(context, numbers(10).map(String));
    const { start: from } = await reader.bounds();
    const { records, next } = await reader.poll({
      ...limits,
      from,
      maxRecords: 3,
      maxWait: patience,
    });
    assert.ok(records.length >= 1 && records.length <= 3, `${records.length} records`);
    assert.equal(next, from + records.length);
    const all = await drain(reader, { ...limits, maxRecords: 3 });
    assertSame(all.map(textOf), numbers(10).map(String));
  },

  'returns no more bytes than asked for': async (context) => {
    const reader = await single(
      context,
      numbers(10).map((i) => String(i).repeat(100)),
    );
    const { start: from } = await reader.bounds();
    const bounded = { ...limits, maxBytes: 350 };
    const { records } = await reader.poll({ ...bounded, from, maxWait: patience });
    // 103 bytes each, with the key.
    assert.ok(records.length >= 1 && records.length <= 3, `${records.length} records`);
    assert.equal((await drain(reader, bounded)).length, 10);
  },

  'returns a single record that is larger than asked for': async (context) => {
    const reader = await single(context, ['x'.repeat(5_000), 'y'.repeat(5_000)]);
    const { start: from } = await reader.bounds();
    const { records } = await reader.poll({ ...limits, from, maxBytes: 100, maxWait: patience });
    assert.equal(records.length, 1);
  },

  'finds the first record of a time': async (context) => {
    const reader = await single(context);
    for (const i of numbers(5)) await context.log.publish(context.topic, [record('key', `${i}`)]);
    const all = await drain(reader);
    const { start, end } = await reader.bounds();
    const times = all.map(({ loggedAt }) => loggedAt);
    for (const time of times) {
      const first = all.find(({ loggedAt }) => loggedAt >= time);
      assert.equal(await reader.offsetAt(time), first?.offset, `at ${time} of ${times}`);
    }
    assert.equal(await reader.offsetAt(Math.min(...times) - 1), start, 'before the first');
    assert.equal(await reader.offsetAt(Math.max(...times) + 1), end, 'behind the last');
  },

  'reads from any offset': async (context) => {
    const reader = await single(context, numbers(20).map(String));
    const { start } = await reader.bounds();
    for (const i of [19, 0, 7, 7, 12]) {
      const slice = await reader.poll({ ...limits, from: start + i, maxWait: patience });
      assert.equal(slice.records[0] && textOf(slice.records[0]), String(i));
      assert.equal(slice.records[0]?.offset, start + i);
    }
  },

  'returns at once at the end when it may not wait': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const slice = await reader.poll({ ...limits, from, maxWait: 0 });
    assertSame(slice, { records: [], next: from });
  },

  'returns nothing when the wait is over': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const slice = await reader.poll({ ...limits, from, maxWait: 20 });
    assertSame(slice, { records: [], next: from });
  },

  'wakes a waiting poll when a record comes': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const waiting = reader.poll({ ...limits, from, maxWait: patience });
    const early = await Promise.race([waiting, setTimeout(20, 'waits')]);
    assert.equal(early, 'waits');
    await context.log.publish(context.topic, [record('key', 'b')]);
    const { records } = await waiting;
    assertSame(records.map(textOf), ['b']);
  },

  'ends waits when it is closed, and refuses what comes later': async (context) => {
    const { log, topic } = context;
    const reader = await single(context);
    const wait = { ...limits, from: 0, maxWait: 10 * patience };
    const codeOf = (cause: unknown) => (cause as { readonly code?: unknown }).code;
    const waiting = reader.poll(wait).then(({ records }) => records.length, codeOf);
    await log.close();
    const ended = await soon(waiting, 'a wait in a log that is closed');
    assert.ok(
      ended === 0 || ended === 'STREAMIFY_CLOSED',
      `a wait ends at close: ${String(ended)}`,
    );
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      poll: () => reader.poll(wait),
      publish: () => log.publish(topic, [record('key', 'late')]),
      createTopic: () => log.createTopic(`${topic}-late`, { partitions: 1 }),
      deleteTopic: () => log.deleteTopic(topic),
      partitions: () => log.partitions(topic),
      topicId: () => log.topicId(topic),
      reader: () => log.reader(topic, 0),
    };
    for (const [name, call] of Object.entries(calls)) {
      const code = await call().then(() => 'it does it', codeOf);
      assert.equal(code, 'STREAMIFY_CLOSED', `${name} is refused once the log is closed`);
    }
    await log.close();
  },

  'ends a wait when the signal aborts': async (context) => {
    const reader = await single(context);
    const { end: from } = await reader.bounds();
    const abort = new AbortController();
    const waiting = reader.poll({ ...limits, from, maxWait: 600_000, signal: abort.signal });
    abort.abort();
    const nothing = { records: [], next: from };
    assertSame(await soon(waiting, 'a wait whose signal aborts'), nothing);
    const aborted = { ...limits, from, maxWait: 600_000, signal: AbortSignal.abort() };
    assertSame(await soon(reader.poll(aborted), 'a poll with an aborted signal'), nothing);
  },

  'lets many readers wait at once': async (context) => {
    const reader = await single(context);
    const { end: from } = await reader.bounds();
    const more = await Promise.all(numbers(11).map(() => context.log.reader(context.topic, 0)));
    const warnings: string[] = [];
    const warn = ({ message }: Error) => warnings.push(message);
    process.on('warning', warn);
    try {
      const wait = { ...limits, from, maxWait: patience };
      const waiting = [reader, ...more].map((each) => each.poll(wait));
      await setTimeout(20);
      await context.log.publish(context.topic, [record('key', 'a')]);
      for (const { records } of await Promise.all(waiting)) assertSame(records.map(textOf), ['a']);
    } finally {
      process.off('warning', warn);
    }
    assertSame(warnings, []);
  },

  'lets two readers go at their own pace': async (context) => {
    const first = await single(context, numbers(10).map(String));
    const second = await context.log.reader(context.topic, 0);
    const { start } = await first.bounds();
    await first.poll({ ...limits, from: start + 9, maxWait: patience });
    assertSame((await drain(second)).map(textOf), numbers(10).map(String));
    await second.close();
    assertSame((await drain(first)).map(textOf), numbers(10).map(String));
  },

  'refuses an offset outside the log': async (context) => {
    const reader = await single(context, ['a', 'b']);
    const { start, end } = await reader.bounds();
    for (const from of [start - 1, end + 1]) {
      await assert.rejects(reader.poll({ ...limits, from, maxWait: patience }), (error) => {
        assert.ok(error instanceof OffsetOutOfRangeError, `not that error: ${error}`);
        const { topic, partition, offset } = error;
        assertSame(
          { topic, partition, offset },
          { topic: context.topic, partition: 0, offset: from },
        );
        return true;
      });
    }
  },

  'refuses a poll that could never return a record': async (context) => {
    const reader = await single(context, ['a']);
    const { start: from } = await reader.bounds();
    const request = { ...limits, from, maxWait: 0 };
    for (const wrong of [{ maxRecords: 0 }, { maxBytes: 0 }, { maxWait: -1 }, { maxWait: NaN }])
      await assert.rejects(reader.poll({ ...request, ...wrong }), OptionError);
  },
};
