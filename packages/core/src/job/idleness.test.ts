import { plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { watermarkRecord } from '../codec/watermark-record.ts';
import { OptionError } from '../contract/errors.ts';
import type { Sink } from '../contract/sink.ts';
import { virtualClock, waitingBy } from '../fixtures/virtual-clock.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { type MemorySink, memorySink } from '../sink/memory/memory-sink.ts';
import type { CommitReport } from './commit-queue.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

type Windows = WindowResult<number>;
type Play = ReturnType<typeof plays>[number];

const windows = tumblingWindow<Play, number>({ zero: 0, add: (n: number) => n + 1 }, { size: 100 });

/** Runs a job over `count` plays, 10 ms apart, until `commits` commits, or until the clock reaches `until`. */
async function runQuietly(
  into: MemorySink<Windows>,
  {
    count = 5,
    commits = 2,
    until = 100_000,
    ...options
  }: {
    readonly count?: number;
    readonly commits?: number;
    readonly until?: number;
  } & Partial<JobOptions<Play, Windows>>,
) {
  const clock = virtualClock(200);
  const { topic } = await playsLog(plays(count));
  const stop = new AbortController();
  const reports: CommitReport[] = [];
  await run({
    name: 'job',
    from: waitingBy(clock, topic),
    through: (plays$) => plays$.pipe(windows),
    into,
    epoch: { maxWait: 100 },
    clock: {
      ...clock,
      now() {
        if (clock.now() >= until) stop.abort();
        return clock.now();
      },
    },
    signal: stop.signal,
    onCommit(report) {
      reports.push(report);
      if (reports.length === commits) stop.abort();
    },
    ...options,
  });
  return { reports, clock };
}

describe('a quiet stream', () => {
  it('closes its windows by the clock, in an epoch of its own', async () => {
    const into = memorySink<Windows>();
    const { reports, clock } = await runQuietly(into, { idleAfter: 1_000 });
    expect(into.rows).toHaveLength(5);
    expect(reports.map(({ next, counts }) => [next, counts])).toEqual([
      [5, { in: 5 }],
      [5, { out: 5 }],
    ]);
    expect(clock.now()).toBeGreaterThanOrEqual(1_100);
  });

  it('leaves them open without the option', async () => {
    const into = memorySink<Windows>();
    await runQuietly(into, {});
    expect(into.rows).toEqual([]);
  });

  it('moves event time to so long before now, and again after as long', async () => {
    const into = memorySink<Windows>();
    const watermarks: [number, number][] = [];
    const clock = virtualClock(200);
    const { topic } = await playsLog(plays(5));
    const stop = new AbortController();
    const sink: Sink<Windows> = {
      ...into,
      async open(task) {
        const opened = await into.open(task);
        const commit: typeof opened.commit = (epoch, output) => {
          watermarks.push([clock.now(), epoch.watermark]);
          if (watermarks.length === 4) stop.abort();
          return opened.commit(epoch, output);
        };
        return { ...opened, commit };
      },
    };
    await run({
      name: 'job',
      from: waitingBy(clock, topic),
      through: (plays$) => plays$.pipe(windows),
      into: sink,
      epoch: { maxWait: 100 },
      clock,
      idleAfter: 1_000,
      signal: stop.signal,
    });
    expect(watermarks).toEqual([
      [300, 40],
      [1_200, 200],
      [2_200, 1_200],
      [3_200, 2_200],
    ]);
  });

  it('gives late events what the clock decided, also after a restart', async () => {
    const clock = virtualClock(50);
    const { topic } = await playsLog(plays(5));
    const into = memorySink<Windows>();
    const stop = new AbortController();
    const job: JobOptions<Play, Windows> = {
      name: 'job',
      from: waitingBy(clock, topic),
      through: (plays$) => plays$.pipe(windows),
      into,
      clock,
      idleAfter: 1_000,
      signal: stop.signal,
      onCommit: ({ epoch }) => epoch === 2 && stop.abort(),
    };
    await run(job);
    await topic.publish(plays(1, 5));
    const { idleAfter: _, signal: __, ...bounded } = job;
    const { counts } = await run({ ...bounded, atEnd: 'stop' });
    expect(counts).toEqual({ in: 1, late: 1 });
    // The same log through a new job: no clock, nothing late.
    const replayed = memorySink<Windows>();
    await run({ ...bounded, name: 'replay', into: replayed, atEnd: 'stop' });
    expect(replayed.counts('replay')).toEqual({ in: 6 });
  });

  it('is left alone where its topic carries watermarks', async () => {
    const clock = virtualClock(50);
    const { log, topic } = await playsLog([]);
    await log.publish('plays', [
      watermarkRecord({ writer: 'keyed/0', writers: 1, watermark: Number.NEGATIVE_INFINITY }),
    ]);
    await topic.publish(plays(5));
    const into = memorySink<Windows>();
    const stop = new AbortController();
    await run({
      name: 'job',
      from: waitingBy(clock, topic),
      through: (plays$) => plays$.pipe(windows),
      into,
      clock: {
        ...clock,
        now() {
          if (clock.now() > 10_000) stop.abort();
          return clock.now();
        },
      },
      idleAfter: 1_000,
      signal: stop.signal,
    });
    expect(into.rows).toEqual([]);
    expect(into.counts('job')).toEqual({ in: 5 });
  });

  it('is refused in a bounded run, which has no clock', async () => {
    const { topic } = await playsLog([]);
    const into = memorySink<Windows>();
    const job: JobOptions<Play, Windows> = {
      name: 'job',
      from: topic,
      through: (plays$) => plays$.pipe(windows),
      into,
    };
    const bounded = run({ ...job, atEnd: 'stop', idleAfter: 1 });
    await expect(bounded).rejects.toThrow(OptionError);
    await expect(bounded).rejects.toThrow('idleAfter moves event time by the clock');
    await expect(run({ ...job, idleAfter: 0 })).rejects.toThrow(
      'idleAfter must be positive, got 0',
    );
  });
});
