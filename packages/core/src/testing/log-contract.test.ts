import { describe, expect, it } from 'vitest';
import type { EventLog, LogRecord, PartitionReader } from '../contract/event-log.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { logContract } from './log-contract.ts';

type Reader = Partial<PartitionReader>;

/** A memory log of which one thing is broken. */
function broken(faults: {
  readonly publish?: (log: EventLog) => EventLog['publish'];
  readonly reader?: (reader: PartitionReader) => Reader;
}): EventLog {
  const log = memoryLog();
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

async function failures(open: () => EventLog): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of logContract({ open: async () => open() }))
    await run().catch(() => failed.push(name));
  return failed;
}

describe('logContract', () => {
  it('passes a sound log', async () => {
    expect(await failures(memoryLog)).toEqual([]);
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
  ])('fails a log that %s', async (_, faults, name) => {
    expect(await failures(() => broken(faults))).toContain(name);
  });
});
