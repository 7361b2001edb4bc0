import { describe, expect, it } from 'vitest';
import { UnknownTopicError } from '../contract/errors.ts';
import type { EventLog, LogRecord, PartitionReader } from '../contract/event-log.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { logContract } from './log-contract.ts';

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

async function failures(
  open: () => EventLog,
  reopen?: (closed: EventLog) => Promise<EventLog>,
): Promise<string[]> {
  const failed: string[] = [];
  const harness = { open: async () => open(), ...(reopen && { reopen }) };
  for (const { name, run } of logContract(harness)) await run().catch(() => failed.push(name));
  return failed;
}

describe('logContract', () => {
  it('passes a sound log', async () => {
    expect(await failures(memoryLog)).toEqual([]);
  });

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

  it.each([
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
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: (request) => reader.poll({ ...request, maxRecords: 1e9, maxBytes: 1e9 }),
        }),
      },
      'returns no more bytes than asked for',
    ],
    [
      'reads from the start, whatever is asked',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: (request) => reader.poll({ ...request, from: 0 }),
        }),
      },
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
    [
      'never waits',
      {
        reader: (reader: PartitionReader): Reader => ({
          poll: (request) => reader.poll({ ...request, maxWait: 0 }),
        }),
      },
      'wakes a waiting poll when a record comes',
    ],
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
            setTimeout(() => {
              log.publish(topic, records).catch(() => undefined);
            }, 5);
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
  ])('fails a log that %s', async (_, faults, name) => {
    expect(await failures(() => broken(faults))).toContain(name);
  });

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
    const open = () => {
      const log = memoryLog();
      return { ...log, ...flaw(log) };
    };
    expect(await failures(open)).toContain(
      'ends waits when it is closed, and refuses what comes later',
    );
  });

  it('fails a log whose deleted topics are back when it is opened again', async () => {
    const kept = memoryLog();
    const open = (): EventLog => ({ ...kept, ...onlyHiding(kept), close: async () => undefined });
    expect(await failures(open, async () => open())).toContain('forgets a deleted topic for good');
  });

  it('fails a log that takes a topic for another when it is opened again', async () => {
    const kept = memoryLog();
    let opened = 0;
    const open = (): EventLog => {
      const nth = ++opened;
      const topicId = async (topic: string) => {
        const id = await kept.topicId(topic);
        return id === undefined ? undefined : `${nth} ${id}`;
      };
      return { ...kept, topicId, close: async () => undefined };
    };
    expect(await failures(open, async () => open())).toContain(
      'knows a topic for the same when it is opened again',
    );
  });
});
