import { randomUUID } from 'node:crypto';
import {
  type EventLog,
  memoryRegistry,
  memorySink,
  run,
  tumblingWindow,
  type WindowResult,
} from '@streamify/core';
import { typedTopic } from '@streamify/core/adapter';
import { onlyPartition, PlayBySong, SongPlay, windowsBySong } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { expect, it } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { kafkaSink } from './kafka-sink.ts';

const MINUTE = 60_000;
const [size, lateness] = [5 * MINUTE, 10 * MINUTE];

/** A day's plays, a few minutes out of order. */
function backlog(): SongPlay[] {
  return Array.from({ length: 12_000 }, (_, i) => ({
    at: 1_700_000_000_000 + i * 7_200 - ((i * 7_919) % 240) * 1_000,
    listener: `listener ${(i * 104_729) % 199}`,
    song: `song ${((i * 31) % 1_009) % 30}`,
  }));
}

/** A log whose readers never see a watermark. */
function withoutWatermarks(log: EventLog): EventLog {
  return {
    ...log,
    async reader(topic, partition) {
      const reader = await log.reader(topic, partition);
      return {
        async poll(request) {
          const { records, next } = await reader.poll(request);
          return { records: records.filter(({ value }) => value.length > 0), next };
        },
        bounds: () => reader.bounds(),
        offsetAt: (timestamp) => reader.offsetAt(timestamp),
        close: () => reader.close(),
      };
    },
  };
}

describeWithKafka('plays by listener, re-keyed by song and counted in windows', (kafka) => {
  /** Gives plays a new key, one partition after the other, and counts them per song from the result. */
  async function countBySong(plays: readonly SongPlay[], readWith: (log: EventLog) => EventLog) {
    const prefix = `windows-${randomUUID()}.`;
    const log = kafkaLog({ brokers: kafka().brokers, registry: memoryRegistry() });
    const [byListener, bySong] = [`${prefix}by-listener`, `${prefix}by-song`];
    await log.createTopic(byListener, { partitions: 3 });
    await log.createTopic(bySong, { partitions: 2 });
    await log.topic(byListener, SongPlay).publish(plays);
    for (const partition of [0, 1, 2])
      await run({
        name: `${prefix}rekey`,
        from: typedTopic(onlyPartition(log, partition), byListener, SongPlay),
        through: (plays$) => plays$.pipe(map(({ value }) => value)),
        into: kafkaSink(log.topic(bySong, PlayBySong)),
        atEnd: 'stop',
        epoch: { maxRecords: 700 },
      });
    const sink = memorySink<WindowResult<number>>();
    const count = (atEnd: 'stop' | 'complete') =>
      run({
        name: `${prefix}per-song`,
        from: typedTopic(readWith(log), bySong, PlayBySong),
        through: tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size, lateness }),
        into: sink,
        atEnd,
      });
    await count('stop');
    const closedByTime = sink.rows.length;
    await count('complete');
    await log.close();
    return {
      closedByTime,
      windows: sink.rows.map(({ key, start, result }) => `${key} ${start} ${result}`).sort(),
      counts: sink.counts(`${prefix}per-song`),
    };
  }

  it('has every window right and nothing late, however unevenly the partitions came', async () => {
    const plays = backlog();
    const { windows, counts, closedByTime } = await countBySong(plays, (log) => log);
    expect(windows).toEqual(windowsBySong(plays, size));
    expect(counts).toEqual({ in: plays.length, out: windows.length });
    expect(closedByTime).toBeGreaterThan(windows.length * 0.9);
  });

  it('would lose most of them to lateness if nobody read the watermarks', async () => {
    const plays = backlog();
    const { counts } = await countBySong(plays, withoutWatermarks);
    expect(counts['late']).toBeGreaterThan(plays.length / 2);
  });
});
