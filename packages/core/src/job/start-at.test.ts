import { Play, plays } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OffsetOutOfRangeError, OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { JobOptions } from './job-options.ts';
import { run, startJob } from './run.ts';
import type { StartAt } from './start-at.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);
const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, i) => first + i);

/** Ten plays, logged one every hundred milliseconds. */
async function hourly() {
  let now = 0;
  const log = memoryLog({ now: () => now });
  await log.createTopic('plays', { partitions: 1 });
  const topic = log.topic('plays', Play);
  const publish = async (count: number, first: number) => {
    for (const play of plays(count, first)) {
      now = 100 * play.id;
      await topic.publish([play]);
    }
  };
  await publish(10, 0);
  const into = memorySink<number>();
  const job: JobOptions<Play, number> = {
    name: 'job',
    from: topic,
    through: (plays$) => plays$.pipe(ids),
    into,
    atEnd: 'stop',
  };
  return { topic, publish, into, job };
}

describe('a job without a checkpoint', () => {
  const starts: [StartAt, number[]][] = [
    ['earliest', numbers(10)],
    ['latest', []],
    [{ timestamp: Number.MIN_SAFE_INTEGER }, numbers(10)],
    [{ timestamp: 300 }, numbers(7, 3)],
    [{ timestamp: 301 }, numbers(6, 4)],
    [{ timestamp: 901 }, []],
    [{ offsets: { plays: [8] } }, [8, 9]],
  ];
  it.each(starts)('starts at %o', async (startAt, expected) => {
    const { job, into } = await hourly();
    await run({ ...job, startAt });
    expect(into.rows).toEqual(expected);
  });

  it('skips nothing that came after its first start, though it crashed before its first commit', async () => {
    const { job, into, publish } = await hourly();
    await run({ ...job, startAt: 'latest' });
    await publish(5, 10);
    await run({ ...job, startAt: 'latest' });
    expect(into.rows).toEqual(numbers(5, 10));
  });

  it('is told when the log does not reach to where it should start', async () => {
    const { job } = await hourly();
    await expect(run({ ...job, startAt: { offsets: { plays: [11] } } })).rejects.toThrow(
      OffsetOutOfRangeError,
    );
    const none = run({ ...job, startAt: { offsets: { plays: [] } } });
    await expect(none).rejects.toThrow(OptionError);
    await expect(none).rejects.toThrow('startAt.offsets.plays has no offset for partition 0');
  });
});

describe('a job with a checkpoint', () => {
  it('goes on from it, wherever else it should start', async () => {
    const { job, into, publish } = await hourly();
    await run(job);
    await publish(2, 10);
    await run({ ...job, startAt: 'latest' });
    expect(into.rows).toEqual(numbers(12));
  });
});

describe('a time-travel replay', () => {
  it("takes yesterday's log through new code into a new table, beside the running job", async () => {
    const { topic, publish } = await hourly();
    type Windows = WindowResult<number>;
    const perWindow =
      (size: number): JobOptions<Play, Windows>['through'] =>
      (plays$) =>
        plays$.pipe(
          tumblingWindow<Play, number>({ zero: 0, add: (n) => n + 1 }, { size, by: () => 'all' }),
        );
    const [into, replayed] = [memorySink<Windows>(), memorySink<Windows>()];
    let caughtUp: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const live = startJob<Play, Windows>({
      name: 'plays',
      from: topic,
      through: perWindow(100),
      into,
      epoch: { maxWait: 1 },
      onCommit: ({ next }) => next === 10 && caughtUp(),
    });
    await waiting;
    const replay = await run({
      name: 'plays of yesterday',
      from: topic,
      through: perWindow(20),
      into: replayed,
      startAt: { timestamp: 200 },
      atEnd: 'complete',
    });
    expect(replay.counts).toEqual({ in: 8, out: 4 });
    expect(replayed.rows.map(({ start, result }) => [start, result])).toEqual([
      [20, 2],
      [40, 2],
      [60, 2],
      [80, 2],
    ]);
    await publish(1, 10);
    live.stop();
    await live.done;
    expect(into.counts('plays')['in']).toBeGreaterThanOrEqual(10);
    expect(replayed.counts('plays of yesterday')).toEqual({ in: 8, out: 4 });
  });
});
