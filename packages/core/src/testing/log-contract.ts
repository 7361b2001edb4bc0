import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { avroDecoder } from '../codec/avro-codec.ts';
import { defineEvent } from '../codec/define-event.ts';
import {
  OffsetOutOfRangeError,
  OptionError,
  PartitionCountError,
  UnknownTopicError,
} from '../errors.ts';
import type { EventLog, LogRecord, NewRecord, PartitionReader } from '../log/event-log.ts';

/** How the contract gets at the log that it checks. */
export interface LogHarness {
  /** Opens a log. Each case uses a topic of its own, so logs may share what is behind them. */
  open(): Promise<EventLog>;
  /** Opens again what a closed log has written. Left out for a log that ends with its process. */
  reopen?(closed: EventLog): Promise<EventLog>;
  /** Removes what a closed log leaves behind. */
  dispose?(closed: EventLog): Promise<void>;
}

/** One promise of a contract, to be run by any test runner. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Checks that an event log keeps the promises that jobs rely on. Every log passes it.
 *
 * @example
 * for (const { name, run } of logContract({ open: async () => memoryLog() })) it(name, run);
 */
export function logContract(harness: LogHarness): readonly ContractCase[] {
  const cases = Object.entries({ ...contract, ...(harness.reopen && persistence) });
  return cases.map(([name, check]) => ({
    name,
    run: async () => {
      let log = await harness.open();
      const topic = `contract-${randomUUID()}`;
      const reopen = async () => {
        await log.close();
        assert(harness.reopen);
        log = await harness.reopen(log);
        return log;
      };
      try {
        await check({ log, topic, reopen });
      } finally {
        await log.close();
        await harness.dispose?.(log);
      }
    },
  }));
}

interface Context {
  readonly log: EventLog;
  readonly topic: string;
  reopen(): Promise<EventLog>;
}
type Check = (context: Context) => Promise<void>;

/** Long enough for any log to deliver what it has; only a failing case waits for it. */
const patience = 10_000;
const limits = { maxRecords: 1_000, maxBytes: 1_000_000 };

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const record = (key: string, value: string): NewRecord => ({ key, value: text(value) });
const textOf = ({ value }: LogRecord): string => new TextDecoder().decode(value);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Reads what a partition holds, slice by slice. */
async function drain(
  reader: PartitionReader,
  request: { readonly maxRecords: number; readonly maxBytes: number } = limits,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const { start, end } = await reader.bounds();
  for (let from = start; from < end; ) {
    const slice = await reader.poll({ ...request, from, maxWait: patience });
    if (slice.next === from) break;
    records.push(...slice.records);
    from = slice.next;
  }
  return records;
}

/** Reads all that a topic holds, partition by partition. */
async function readTopic(log: EventLog, topic: string): Promise<LogRecord[][]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  return Promise.all(
    numbers(partitions).map(async (partition) => {
      const reader = await log.reader(topic, partition);
      const records = await drain(reader);
      await reader.close();
      return records;
    }),
  );
}

/** A topic with one partition that holds `values`, and a reader of it. */
async function single({ log, topic }: Context, values: readonly string[] = []) {
  await log.createTopic(topic, { partitions: 1 });
  await log.publish(
    topic,
    values.map((value) => record('key', value)),
  );
  return log.reader(topic, 0);
}

const contract: Readonly<Record<string, Check>> = {
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
      assert.deepEqual(
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

  'numbers records without gaps from the start': async (context) => {
    const reader = await single(context, ['a', 'b']);
    await context.log.publish(context.topic, [record('key', 'c')]);
    const { start } = await reader.bounds();
    const offsets = (await drain(reader)).map(({ offset }) => offset);
    assert.deepEqual(offsets, [start, start + 1, start + 2]);
  },

  'tells where a partition starts and ends': async (context) => {
    const reader = await single(context);
    const { start, end } = await reader.bounds();
    assert.equal(end, start);
    await context.log.publish(context.topic, [record('key', 'a'), record('key', 'b')]);
    assert.deepEqual(await reader.bounds(), { start, end: start + 2 });
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
    assert.deepEqual(
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
    assert.deepEqual(
      received.map((r) => ({ ...r.headers })),
      [headers, {}, {}],
    );
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
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    // A broker's clock may differ from ours; a time in other units differs by far more.
    for (const time of times) assert.ok(Math.abs(time - before) < 3_600_000, `logged at ${time}`);
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
    assert.deepEqual(all.map(textOf), numbers(10).map(String));
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
    assert.deepEqual(slice, { records: [], next: from });
  },

  'returns nothing when the wait is over': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const slice = await reader.poll({ ...limits, from, maxWait: 20 });
    assert.deepEqual(slice, { records: [], next: from });
  },

  'wakes a waiting poll when a record comes': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const waiting = reader.poll({ ...limits, from, maxWait: patience });
    const early = await Promise.race([waiting, setTimeout(20, 'waits')]);
    assert.equal(early, 'waits');
    await context.log.publish(context.topic, [record('key', 'b')]);
    const { records } = await waiting;
    assert.deepEqual(records.map(textOf), ['b']);
  },

  'ends a wait when the signal aborts': async (context) => {
    const reader = await single(context);
    const { end: from } = await reader.bounds();
    const abort = new AbortController();
    const waiting = reader.poll({ ...limits, from, maxWait: 600_000, signal: abort.signal });
    abort.abort();
    assert.deepEqual(await waiting, { records: [], next: from });
    const aborted = { ...limits, from, maxWait: 600_000, signal: AbortSignal.abort() };
    assert.deepEqual(await reader.poll(aborted), { records: [], next: from });
  },

  'lets two readers go at their own pace': async (context) => {
    const first = await single(context, numbers(10).map(String));
    const second = await context.log.reader(context.topic, 0);
    const { start } = await first.bounds();
    await first.poll({ ...limits, from: start + 9, maxWait: patience });
    assert.deepEqual((await drain(second)).map(textOf), numbers(10).map(String));
    await second.close();
    assert.deepEqual((await drain(first)).map(textOf), numbers(10).map(String));
  },

  'refuses an offset outside the log': async (context) => {
    const reader = await single(context, ['a', 'b']);
    const { start, end } = await reader.bounds();
    for (const from of [start - 1, end + 1]) {
      await assert.rejects(reader.poll({ ...limits, from, maxWait: patience }), (error) => {
        assert.ok(error instanceof OffsetOutOfRangeError, `not that error: ${error}`);
        const { topic, partition, offset } = error;
        assert.deepEqual(
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

  'refuses a topic that does not exist': async ({ log, topic }) => {
    assert.equal(await log.partitions(topic), undefined);
    const listener = { assigned: () => undefined, revoked: async () => undefined };
    await assert.rejects(log.publish(topic, [record('a', '1')]), UnknownTopicError);
    await assert.rejects(log.reader(topic, 0), UnknownTopicError);
    await assert.rejects(log.assign('group', [topic], listener), UnknownTopicError);
  },

  'refuses what is no topic name and no number of partitions': async ({ log, topic }) => {
    for (const name of ['', '.', '..', 'a/b', '../a', 'ä', 'a b', 'a'.repeat(250)])
      await assert.rejects(log.createTopic(name, { partitions: 1 }), OptionError, name);
    for (const partitions of [0, -1, 1.5, NaN])
      await assert.rejects(log.createTopic(topic, { partitions }), OptionError);
    assert.equal(await log.partitions(topic), undefined);
  },

  'creates a topic once and refuses another number of partitions': async ({ log, topic }) => {
    await Promise.all([
      log.createTopic(topic, { partitions: 3 }),
      log.createTopic(topic, { partitions: 3 }),
    ]);
    await log.publish(topic, [record('a', '1')]);
    await log.createTopic(topic, { partitions: 3 });
    await assert.rejects(log.createTopic(topic, { partitions: 4 }), PartitionCountError);
    assert.equal(await log.partitions(topic), 3);
    assert.equal((await readTopic(log, topic)).flat().length, 1);
  },

  'refuses a partition that the topic does not have': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 2 });
    for (const partition of [-1, 2, 0.5])
      await assert.rejects(log.reader(topic, partition), PartitionCountError);
  },

  'publishes nothing for an empty batch': async (context) => {
    const reader = await single(context, ['a']);
    const before = await reader.bounds();
    await context.log.publish(context.topic, []);
    assert.deepEqual(await reader.bounds(), before);
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
      assert.deepEqual(own, numbers(10).map(String));
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
    assert.deepEqual(
      received.map((r) => `${r.key}: ${textOf(r)}`),
      sent.map(({ key, value }) => `${key}: ${new TextDecoder().decode(value)}`),
    );
  },

  'publishes and registers events of a type': async ({ log, topic }) => {
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
    await log.createTopic(topic, { partitions: 1 });
    const plays = numbers(3).map((i) => ({ at: 1_700_000_000_000 + i, listener: `ann ${i}` }));
    const typed = log.topic(topic, Play);
    await typed.publish(plays.slice(0, 1));
    await typed.publish(plays.slice(1));
    const [records = []] = await readTopic(log, topic);
    const decoder = avroDecoder(Play, log.registry);
    await decoder.prepare(records);
    assert.deepEqual(
      records.map((r) => ({ key: r.key, value: decoder.decode(r) })),
      plays.map((value) => ({ key: value.listener, value })),
    );
  },

  'assigns every partition to a lone member, and revokes it at close': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 3 });
    const held = new Set<number>();
    let all: () => void = () => undefined;
    const assigned = new Promise<void>((resolve) => {
      all = resolve;
    });
    const assignment = await log.assign(`group-${randomUUID()}`, [topic], {
      assigned: (partition) => {
        assert.ok(!held.has(partition), `${partition} assigned twice`);
        held.add(partition);
        if (held.size === 3) all();
      },
      revoked: async (partition) => {
        held.delete(partition);
      },
    });
    await assigned;
    assert.deepEqual([...held].sort(), [0, 1, 2]);
    await assignment.close();
    await assignment.close();
    await assignment.ended;
    assert.deepEqual([...held], []);
  },

  'refuses to assign topics with unequal numbers of partitions': async ({ log, topic }) => {
    await log.createTopic(topic, { partitions: 2 });
    await log.createTopic(`${topic}-b`, { partitions: 3 });
    const listener = { assigned: () => undefined, revoked: async () => undefined };
    await assert.rejects(log.assign('group', [topic, `${topic}-b`], listener), PartitionCountError);
  },

  'closes more than once and ends the waits': async (context) => {
    const reader = await single(context, ['a']);
    const { end: from } = await reader.bounds();
    const waiting = reader.poll({ ...limits, from, maxWait: 600_000 });
    await reader.close();
    await reader.close();
    assert.deepEqual(await waiting, { records: [], next: from });
    await Promise.all([context.log.close(), context.log.close()]);
    await context.log.close();
    await assert.rejects(context.log.publish(context.topic, [record('a', '1')]));
  },
};

const persistence: Readonly<Record<string, Check>> = {
  'keeps everything when it is opened again': async ({ log, topic, reopen }) => {
    await log.createTopic(topic, { partitions: 2 });
    const headers = { file: 'a.jsonl' };
    await log.publish(
      topic,
      numbers(500).map((i) => ({ ...record(`key ${i}`, `${i}`), headers })),
    );
    const before = await readTopic(log, topic);
    const again = await reopen();
    assert.equal(await again.partitions(topic), 2);
    assert.deepEqual(await readTopic(again, topic), before);
  },

  'goes on after the last record when it is opened again': async (context) => {
    await single(context, ['a', 'b']);
    const again = await context.reopen();
    await again.publish(context.topic, [record('key', 'c')]);
    const [records = []] = await readTopic(again, context.topic);
    assert.deepEqual(records.map(textOf), ['a', 'b', 'c']);
    assert.deepEqual(
      records.map(({ loggedAt }) => loggedAt),
      records.map(({ loggedAt }) => loggedAt).toSorted((a, b) => a - b),
    );
  },

  'closes once what is under way is done': async ({ log, topic, reopen }) => {
    await log.createTopic(topic, { partitions: 2 });
    const underWay = Promise.all(
      numbers(10).map((i) => log.publish(topic, [record(`${i}`, 'under way')])),
    );
    const closing = log.close();
    await underWay;
    await closing;
    const again = await reopen();
    assert.equal((await readTopic(again, topic)).flat().length, 10);
  },
};
