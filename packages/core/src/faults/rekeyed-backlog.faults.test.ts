import { onlyPartition, PlayBySong, SongPlay, windowsBySong } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { typedTopic } from '../adapter/typed-topic.ts';
import { isWatermarkRecord } from '../codec/watermark-record.ts';
import type { EventLog } from '../contract/event-log.ts';
import { run } from '../job/run.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { logSink } from '../sink/log/log-sink.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const MINUTE = 60_000;
const [size, lateness] = [5 * MINUTE, 10 * MINUTE];

/** A day's plays, a few minutes out of order. */
function backlog(): SongPlay[] {
  const random = seededRandom(7);
  return Array.from({ length: 12_000 }, (_, i) => ({
    at: 1_700_000_000_000 + i * 7_200 - Math.floor(random() * 4 * MINUTE),
    listener: `listener ${Math.floor(random() * 200)}`,
    song: `song ${Math.floor(random() ** 2 * 30)}`,
  }));
}

/** A log whose readers never see a watermark. */
function withoutWatermarks(log: EventLog): EventLog {
  return {
    ...log,
    async reader(topic, partition) {
      const reader = await log.reader(topic, partition);
      return {
        ...reader,
        async poll(request) {
          const { records, next } = await reader.poll(request);
          return { records: records.filter((record) => !isWatermarkRecord(record)), next };
        },
      };
    },
  };
}

/** Gives a backlog a new key, one partition after the other, and counts plays per song from the result. */
async function countBySong(plays: readonly SongPlay[], readWith: (log: EventLog) => EventLog) {
  const log = memoryLog({ now: () => 1_800_000_000_000 });
  await log.createTopic('by_listener', { partitions: 6 });
  await log.createTopic('by_song', { partitions: 6 });
  await log.topic('by_listener', SongPlay).publish(plays);
  for (let partition = 0; partition < 6; partition++)
    await run({
      name: 'rekey',
      from: typedTopic(onlyPartition(log, partition), 'by_listener', SongPlay),
      through: (plays$) => plays$.pipe(map(({ value }) => value)),
      into: logSink(log.topic('by_song', PlayBySong)),
      atEnd: 'stop',
      epoch: { maxRecords: 200 },
    });
  const sink = memorySink<WindowResult<number>>();
  const count = (atEnd: 'stop' | 'complete') =>
    run({
      name: 'per-song',
      from: typedTopic(readWith(log), 'by_song', PlayBySong),
      through: tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size, lateness }),
      into: sink,
      atEnd,
      epoch: { maxRecords: 500 },
    });
  await count('stop');
  const closedByTime = sink.rows.length;
  await count('complete');
  return {
    closedByTime,
    windows: sink.rows.map(({ key, start, result }) => `${key} ${start} ${result}`).sort(),
    counts: sink.counts('per-song'),
  };
}

const fault = 'backlog with a new key, read unevenly';

/** Windows and counts, a line each. */
const linesOf = (windows: readonly string[], counts: Readonly<Record<string, number>>) => [
  ...windows,
  ...Object.entries(counts).map(([name, n]) => `count of ${name} is ${n}`),
];
const expectedLines = (plays: readonly SongPlay[]) => {
  const windows = windowsBySong(plays, size);
  return linesOf(windows, { in: plays.length, out: windows.length });
};

describe('a backlog that gets a new key, its partitions read one after the other', () => {
  it('has every window right and nothing late', async ({ task }) => {
    const plays = backlog();
    const { windows, counts, closedByTime } = await countBySong(plays, (log) => log);
    expect(closedByTime).toBeGreaterThan(windows.length * 0.9);
    expectUnharmed(task, fault, {
      events: plays.length,
      expected: expectedLines(plays),
      actual: linesOf(windows, counts),
    });
  });

  it('would lose most of its events to lateness if nobody read the watermarks', async ({
    task,
  }) => {
    const plays = backlog();
    const { windows, counts, closedByTime } = await countBySong(plays, withoutWatermarks);
    expect(closedByTime).toBeGreaterThan(0);
    expect(counts['late']).toBeGreaterThan(plays.length / 2);
    expectHarmed(task, fault, 'no carried watermarks', {
      events: plays.length,
      expected: expectedLines(plays),
      actual: linesOf(windows, counts),
    });
  });
});
