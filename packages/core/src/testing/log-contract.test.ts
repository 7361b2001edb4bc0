import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../codec/memory-registry.ts';
import { UnknownTopicError } from '../contract/errors.ts';
import type { EventLog, LogRecord, PartitionReader, PollRequest } from '../contract/event-log.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { type LogHarness, logContract } from './log-contract.ts';

type Reader = Partial<PartitionReader>;

/** A memory log of which one thing is broken. */
function broken(faults: {
  readonly publish?: (log: EventLog) => EventLog['publish'];
  readonly reader?: (reader: PartitionReader) => Reader;
  readonly topics?: (log: EventLog) => Partial<EventLog>;
}): EventLog {
  const sound = memoryLog();
  const log = { ...sound, ...faults.topics?.(sound) };
  return {
    ...log,
    publish: faults.publish?.(log) ?? log.publish,
    reader: async (topic, partition) => {
      const reader = await log.reader(topic, partition);
      return { ...reader, ...faults.reader?.(reader) };
    },
  };
}

const slices = (change: (records: readonly LogRecord[]) => readonly LogRecord[]) => ({
  reader: (reader: PartitionReader): Reader => ({
    poll: async (request) => {
      const { records, next } = await reader.poll(request);
      return { records: change(records), next };
    },
  }),
});

/** Takes a deleted topic away, and gives it back with its records when it is made again. */
function onlyHiding(log: EventLog): Partial<EventLog> {
  const hidden = new Set<string>();
  const checked = (topic: string) => {
    if (hidden.has(topic)) throw new UnknownTopicError(`there is no topic ${topic}`);
    return topic;
  };
  return {
    createTopic: (topic, { partitions }) => {
      hidden.delete(topic);
      return log.createTopic(topic, { partitions });
    },
    deleteTopic: async (topic) => void hidden.add(topic),
    partitions: async (topic) => (hidden.has(topic) ? undefined : log.partitions(topic)),
    topicId: async (topic) => (hidden.has(topic) ? undefined : log.topicId(topic)),
    publish: async (topic, records) => log.publish(checked(topic), records),
    reader: async (topic, partition) => log.reader(checked(topic), partition),
  };
}

/** Topics that are known by their names alone. */
function byName(log: EventLog): Partial<EventLog> {
  return {
    topicId: async (topic) => ((await log.partitions(topic)) === undefined ? undefined : topic),
  };
}

/** Readers that look a topic up by its name each time. */
function readersByName(log: EventLog): Partial<EventLog> {
  return {
    async reader(topic, partition) {
      const opened = [await log.reader(topic, partition)];
      const named = async () => {
        const reader = await log.reader(topic, partition);
        opened.push(reader);
        return reader;
      };
      return {
        poll: async (request) => (await named()).poll(request),
        bounds: async () => (await named()).bounds(),
        offsetAt: async (timestamp) => (await named()).offsetAt(timestamp),
        close: async () => {
          for (const reader of opened) await reader.close();
        },
      };
    },
  };
}

/** A poll with other limits than it is asked for. */
const polls = (limits: Partial<PollRequest>) => ({
  reader: (reader: PartitionReader): Reader => ({
    poll: (request) => reader.poll({ ...request, ...limits }),
  }),
});

/** A poll that fails where it has no records. */
const whenNothing = () => ({
  reader: (reader: PartitionReader): Reader => ({
    poll: async (request) => {
      const slice = await reader.poll(request);
      if (slice.records.length === 0) throw new Error('nothing came');
      return slice;
    },
  }),
});

/** All who read a partition share a reader: one of them closes it for all. */
function withOneReader(log: EventLog): Partial<EventLog> {
  const readers = new Map<string, Promise<PartitionReader>>();
  return {
    reader(topic, partition) {
      const place = `${topic}/${partition}`;
      const reader = readers.get(place) ?? log.reader(topic, partition);
      readers.set(place, reader);
      return reader;
    },
  };
}

/** A log whose readers find nothing in front of an offset. */
function fromOffset(log: EventLog, start: number): Partial<EventLog> {
  return {
    reader: async (topic, partition) => {
      const reader = await log.reader(topic, partition);
      return { ...reader, bounds: async () => ({ ...(await reader.bounds()), start }) };
    },
  };
}

/** Runs one case of the contract. */
async function runCase(harness: LogHarness, promise: string): Promise<void> {
  const found = logContract(harness).find(({ name }) => name === promise);
  if (!found) throw new RangeError(`there is no case ${promise}`);
  await found.run();
}

describe('logContract', () => {
  it('tells the first of 10,000 records that differs, and not all of them', async () => {
    const swapped = slices((records) =>
      records.map((r) => ({
        ...r,
        value: Uint8Array.from(r.value, (byte) => (byte === 57 ? 56 : byte)),
      })),
    );
    const promise = 'returns 10,000 records unchanged';
    const found = logContract({ open: async () => broken(swapped) }).find(
      ({ name }) => name === promise,
    );
    const failure: unknown = await found?.run().catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(Error);
    const { message } = failure as Error;
    expect(message).toMatch(/^\[\d+\] is 'key \d+: \d+ .*, expected 'key \d+: \d+ /);
    expect(message.length).toBeLessThan(2_100);
  });

  const flaws: [string, Parameters<typeof broken>[0], string][] = [
    ['returns records in reverse', slices((r) => r.toReversed()), 'keeps the order of each key'],
    ['loses the last record', slices((r) => r.slice(0, -1)), 'returns 10,000 records unchanged'],
    [
      'ignores headers',
      slices((r) => r.map(({ headers: _, ...rest }) => rest)),
      'returns headers as they were published',
    ],
    [
      'takes headers for text',
      slices((r) =>
        r.map(({ headers = {}, ...rest }) => ({
          ...rest,
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, String(value)]),
          ),
        })),
      ),
      'returns the bytes of headers, and all values of one name',
    ],
    [
      'keeps the buffer of the producer',
      slices((r) => r.map((record) => ({ ...record, value: record.value.fill(0) }))),
      'keeps a value when its producer uses the buffer again',
    ],
    [
      'lets its clock go back',
      slices((r) => r.map((record) => ({ ...record, loggedAt: -record.offset }))),
      'stamps records with a time that never goes back',
    ],
    [
      'leaves gaps',
      slices((r) => r.map((record) => ({ ...record, offset: record.offset * 2 }))),
      'numbers records without gaps from the start',
    ],
    [
      'ignores the limits of a poll',
      polls({ maxRecords: 1e9, maxBytes: 1e9 }),
      'returns no more bytes than asked for',
    ],
    [
      'reads from the start, whatever is asked',
      polls({ from: 0 }),
      'refuses an offset outside the log',
    ],
    [
      'forgets what is written',
      { reader: (): Reader => ({ written: async () => 0 }) },
      'numbers records without gaps from the start',
    ],
    [
      'finds every time at the start',
      {
        reader: (reader: PartitionReader): Reader => ({
          offsetAt: async () => (await reader.bounds()).start,
        }),
      },
      'finds the first record of a time',
    ],
    ['never waits', polls({ maxWait: 0 }), 'wakes a waiting poll when a record comes'],
    [
      'publishes twice',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          async (topic, records) => {
            await log.publish(topic, records);
            await log.publish(topic, records);
          },
      },
      'keeps every record of concurrent publishes, each once and in its order',
    ],
    [
      'acknowledges before it appends',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          async (topic, records) => {
            setTimeout(5)
              .then(() => log.publish(topic, records))
              .catch(() => undefined);
          },
      },
      'tells where a partition starts and ends',
    ],
    [
      'ignores keys',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          (topic, records) =>
            log.publish(
              topic,
              records.map((record, i) => ({ ...record, key: `${record.key}${i}` })),
            ),
      },
      'keeps the records of a key in one partition, and spreads keys',
    ],
    [
      'ignores the partition that a record names',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          (topic, records) =>
            log.publish(
              topic,
              records.map(({ partition: _, ...record }) => record),
            ),
      },
      'appends a record to the partition that it names, whatever its key',
    ],
    [
      'appends what comes before a record that it refuses',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          async (topic, records) => {
            for (const record of records) await log.publish(topic, [record]);
          },
      },
      'appends nothing when a record names a partition that the topic does not have',
    ],
    [
      'writes all topics in one format',
      {
        topics: (log: EventLog) => ({
          topic: <S extends RecordSchema, T>(name: string, type: EventType<S, T>) =>
            log.topic(name, type),
        }),
      },
      'publishes events in the format that their topic is said to have',
    ],
    [
      'keeps what it should delete',
      { topics: () => ({ deleteTopic: async () => undefined }) },
      'deletes a topic, and does nothing where there is none',
    ],
    [
      'deletes only what exists',
      {
        topics: (log: EventLog) => ({
          deleteTopic: async (topic: string) => {
            await log.reader(topic, 0);
            await log.deleteTopic(topic);
          },
        }),
      },
      'deletes a topic, and does nothing where there is none',
    ],
    [
      'gives a deleted topic back with its records',
      { topics: onlyHiding },
      'makes a topic empty that had been deleted',
    ],
    [
      'leaves readers of a deleted topic alone',
      { topics: onlyHiding },
      'ends the readers of a topic that is deleted',
    ],
    [
      'gives a topic its name for an id',
      { topics: byName },
      'tells a topic from another that is made under its name',
    ],
    [
      'shows readers of a deleted topic another of its name',
      { topics: readersByName },
      'ends the readers of a topic that is deleted',
    ],
    [
      'cuts keys',
      slices((r) => r.map((record) => ({ ...record, key: record.key.slice(0, 100) }))),
      'returns keys and values as they were published',
    ],
    [
      'takes an empty batch for a record',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          (topic, records) =>
            log.publish(topic, records.length ? records : [{ key: '', value: Uint8Array.of() }]),
      },
      'publishes nothing for an empty batch',
    ],
    [
      'has another registry than its topics',
      { topics: () => ({ registry: memoryRegistry() }) },
      'publishes and registers events of a type',
    ],
    [
      'ignores how many records are asked for',
      polls({ maxRecords: 1e9 }),
      'returns no more records than asked for',
    ],
    [
      'passes over records larger than asked for',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: async (request) => {
            const { records, next } = await reader.poll(request);
            return {
              records: records.filter(({ value }) => value.length <= request.maxBytes),
              next,
            };
          },
        }),
      },
      'returns a single record that is larger than asked for',
    ],
    [
      'reads on from where it was, whatever is asked',
      {
        reader(reader: PartitionReader): Reader {
          let at = 0;
          return {
            async poll(request) {
              const slice = await reader.poll({ ...request, from: at });
              at = slice.next;
              return slice;
            },
          };
        },
      },
      'reads from any offset',
    ],
    [
      'goes on behind its end',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: async (request) => {
            const { records, next } = await reader.poll(request);
            return { records, next: records.length === 0 ? next + 1 : next };
          },
        }),
      },
      'returns at once at the end when it may not wait',
    ],
    ['fails when nothing comes', whenNothing(), 'returns nothing when the wait is over'],
    ['fails when nothing comes', whenNothing(), 'ends a wait when the signal aborts'],
    [
      'warns of many waits',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll(request) {
            process.emitWarning('many wait');
            return reader.poll(request);
          },
        }),
      },
      'lets many readers wait at once',
    ],
    ['has one reader for all', { topics: withOneReader }, 'lets two readers go at their own pace'],
    [
      'takes any request for a poll',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: ({ maxRecords, maxBytes, maxWait, ...rest }) =>
            reader.poll({
              ...rest,
              maxRecords: Math.max(1, maxRecords),
              maxBytes: Math.max(1, maxBytes),
              maxWait: Math.max(0, maxWait || 0),
            }),
        }),
      },
      'refuses a poll that could never return a record',
    ],
    [
      'makes a topic when records come for it',
      {
        publish:
          (log: EventLog): EventLog['publish'] =>
          async (topic, records) => {
            if ((await log.partitions(topic)) === undefined)
              await log.createTopic(topic, { partitions: 1 });
            await log.publish(topic, records);
          },
      },
      'refuses a topic that does not exist',
    ],
    [
      'takes any name for a topic',
      {
        topics: ({ createTopic }: EventLog) => ({
          createTopic: (...given: Parameters<EventLog['createTopic']>) =>
            createTopic(...given).catch(() => {}),
        }),
      },
      'refuses what is no topic name and no number of partitions',
    ],
    [
      'takes any number of partitions for a topic that exists',
      {
        topics: (log: EventLog) => ({
          createTopic: async (topic: string, options: { readonly partitions: number }) => {
            if ((await log.partitions(topic)) === undefined) await log.createTopic(topic, options);
          },
        }),
      },
      'creates a topic once and refuses another number of partitions',
    ],
    [
      'reads the first partition for one that is not there',
      {
        topics: ({ reader }: EventLog) => ({
          reader: (topic: string, partition: number) =>
            reader(topic, partition).catch(() => reader(topic, 0)),
        }),
      },
      'refuses a partition that the topic does not have',
    ],
    [
      'revokes nothing when an assignment is closed',
      {
        topics: ({ assign }: EventLog) => ({
          assign: (group, topics, listener) =>
            assign(group, topics, { ...listener, revoked: async () => {} }),
        }),
      },
      'assigns every partition to a lone member, and revokes it at close',
    ],
    [
      'looks at the first topic of an assignment only',
      {
        topics: ({ assign }: EventLog) => ({
          assign: (group, topics, listener) => assign(group, topics.slice(0, 1), listener),
        }),
      },
      'refuses to assign topics with unequal numbers of partitions',
    ],
    [
      'fails when a reader is closed twice',
      {
        reader(reader: PartitionReader): Reader {
          let isClosed = false;
          return {
            async close() {
              if (isClosed) throw new Error('closed already');
              isClosed = true;
              await reader.close();
            },
          };
        },
      },
      'closes more than once and ends the waits',
    ],
  ];
  it.each(flaws)('fails a log that %s', async (_, faults, name) => {
    await expect(runCase({ open: async () => broken(faults) }, name)).rejects.toThrow();
  });

  const closing = 'ends waits when it is closed, and refuses what comes later';
  it.each<[string, (log: EventLog) => Partial<EventLog>]>([
    [
      'takes records when it is closed',
      ({ publish }) => ({ publish: (...given) => publish(...given).catch(() => {}) }),
    ],
    [
      'knows topics when it is closed',
      ({ partitions }) => ({ partitions: (topic) => partitions(topic).catch(() => 1) }),
    ],
  ])('fails a log that %s', async (_, flaw) => {
    const open = async () => {
      const log = memoryLog();
      return { ...log, ...flaw(log) };
    };
    await expect(runCase({ open }, closing)).rejects.toThrow();
  });

  /** Logs that one thing is wrong with once they are opened again. */
  const reopened: [string, () => LogHarness, string][] = [
    [
      'has lost everything',
      () => ({ open: async () => memoryLog(), reopen: async () => memoryLog() }),
      'keeps everything when it is opened again',
    ],
    [
      'shows no record that came before',
      () => {
        const kept = memoryLog();
        const open = async (start: number) => ({
          ...kept,
          ...fromOffset(kept, start),
          close: async () => {},
        });
        return { open: () => open(0), reopen: () => open(2) };
      },
      'goes on after the last record when it is opened again',
    ],
    [
      'knows deleted topics again',
      () => {
        const kept = memoryLog();
        const open = async (): Promise<EventLog> => ({
          ...kept,
          ...onlyHiding(kept),
          close: async () => undefined,
        });
        return { open, reopen: open };
      },
      'forgets a deleted topic for good',
    ],
    [
      'takes a topic for another',
      () => {
        const kept = memoryLog();
        let opened = 0;
        const open = async (): Promise<EventLog> => {
          const nth = ++opened;
          const topicId = async (topic: string) => {
            const id = await kept.topicId(topic);
            return id === undefined ? undefined : `${nth} ${id}`;
          };
          return { ...kept, topicId, close: async () => undefined };
        };
        return { open, reopen: open };
      },
      'knows a topic for the same when it is opened again',
    ],
    [
      'lacks what was under way when it was closed',
      () => {
        const kept = memoryLog();
        const open = async (): Promise<EventLog> => {
          let isClosed = false;
          const publish: EventLog['publish'] = async (topic, records) => {
            await setTimeout(1);
            if (!isClosed) await kept.publish(topic, records);
          };
          const close = async () => {
            isClosed = true;
          };
          return { ...kept, publish, close };
        };
        return { open, reopen: open };
      },
      'closes once what is under way is done',
    ],
  ];
  it.each(reopened)('fails a log that, opened again, %s', async (_, harness, name) => {
    await expect(runCase(harness(), name)).rejects.toThrow();
  });

  it('has a flawed log for each case', () => {
    const noticed = new Set([...flaws, ...reopened].map(([, , name]) => name).concat(closing));
    const open = async () => memoryLog();
    const cases = logContract({ open, reopen: open }).map(({ name }) => name);
    expect(cases.filter((name) => !noticed.has(name))).toEqual([]);
  });
});
