import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FencedError, OffsetOutOfRangeError, PoisonError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventLog } from '../contract/event-log.ts';
import { virtualClock } from '../fixtures/virtual-clock.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { type CommitMoment, memorySink } from '../sink/memory/memory-sink.ts';
import type { JobOptions } from './job-options.ts';
import type { RetryReport } from './retry-report.ts';
import { run, startJob } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const jobOf = <B>(
  options: Pick<JobOptions<Play, B>, 'from' | 'through' | 'into'> & Partial<JobOptions<Play, B>>,
): JobOptions<Play, B> => ({ name: 'job', atEnd: 'stop', epoch: { maxRecords: 10 }, ...options });

/** A sink whose commits fail as `fails` says of the number of the call. */
const failing = <T>(
  moment: CommitMoment,
  fails: (call: number) => boolean,
  error = new Error('no connection'),
) => {
  let calls = 0;
  return memorySink<T>({
    fault(now) {
      if (now === moment && fails(++calls)) throw error;
    },
  });
};

describe('a job that tries again', () => {
  it.each(['before commit', 'after commit'] as const)(
    'goes on from the last commit when the sink fails %s, with nothing lost or doubled',
    async (moment) => {
      const { topic } = await playsLog(plays(40));
      const windows = tumblingWindow<Play, number>(
        { zero: 0, add: (n: number) => n + 1 },
        { size: 100 },
      );
      const through: JobOptions<Play, WindowResult<number>>['through'] = (plays$) =>
        plays$.pipe(windows);
      const expected = memorySink<WindowResult<number>>();
      await run(jobOf({ from: topic, through, into: expected, atEnd: 'complete' }));

      const into = failing<WindowResult<number>>(moment, (call) => call % 3 !== 0);
      const reports: RetryReport[] = [];
      await run(
        jobOf({
          from: topic,
          through,
          into,
          atEnd: 'complete',
          onError: { retry: { attempts: 5 } },
          clock: virtualClock(),
          onRetry: (report) => reports.push(report),
        }),
      );
      expect(into.rows).toEqual(expected.rows);
      expect(into.counts('job')).toEqual(expected.counts('job'));
      expect(reports.length).toBeGreaterThan(2);
    },
  );

  it('waits twice as long each time, up to a limit, and starts again after a commit', async () => {
    const { topic } = await playsLog(plays(20));
    const into = failing<number>('before commit', (call) => call !== 5 && call < 8);
    const clock = virtualClock();
    const retry = { attempts: 4, firstDelay: 100, maxDelay: 300 };
    await run(
      jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, clock, onError: { retry } }),
    );
    expect(clock.sleeps).toEqual([100, 200, 300, 300, 100, 200]);
    expect(into.rows).toEqual(numbers(20));
  });

  it('gives up after so many tries in a row', async () => {
    const { topic } = await playsLog(plays(20));
    const into = failing<number>('before commit', () => true);
    const clock = virtualClock();
    const onError = { retry: { attempts: 3, firstDelay: 1 } };
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, clock, onError });
    await expect(run(job)).rejects.toThrow('no connection');
    expect(clock.sleeps).toEqual([1, 2, 4]);
  });

  it('reads no further while its sink is down', async () => {
    const { topic } = await playsLog(plays(1_000));
    let polled = 0;
    const log: EventLog = {
      ...topic.log,
      async reader(...where) {
        const reader = await topic.log.reader(...where);
        const poll: typeof reader.poll = async (request) => {
          const slice = await reader.poll(request);
          polled = Math.max(polled, slice.next);
          return slice;
        };
        return { ...reader, poll };
      },
    };
    const into = failing<number>('before commit', () => true);
    const onError = { retry: { attempts: 5 } };
    const clock = virtualClock();
    await expect(
      run(jobOf({ from: { ...topic, log }, through: (p$) => p$.pipe(ids), into, clock, onError })),
    ).rejects.toThrow('no connection');
    expect(polled).toBeLessThanOrEqual(20);
  });

  it('does not wait for another event before it tries again', async () => {
    const { topic } = await playsLog(plays(5));
    const into = failing<number>('before commit', (call) => call < 3);
    const clock = virtualClock();
    const onError = { retry: { attempts: 5 } };
    const job = startJob(
      jobOf({
        from: topic,
        through: (p$) => p$.pipe(ids),
        into,
        clock,
        onError,
        atEnd: 'wait',
        epoch: { maxRecords: 5 },
        onCommit: () => job.stop(),
      }),
    );
    await job.done;
    expect(into.rows).toEqual(numbers(5));
  });

  it('tries again when the log fails', async () => {
    const { topic } = await playsLog(plays(30));
    let polls = 0;
    const log: EventLog = {
      ...topic.log,
      async reader(...where) {
        const reader = await topic.log.reader(...where);
        const poll: typeof reader.poll = async (request) => {
          if (++polls % 2 === 0) throw new Error('no network');
          return reader.poll(request);
        };
        return { ...reader, poll };
      },
    };
    const into = memorySink<number>();
    const onError = { retry: { attempts: 2 } };
    const clock = virtualClock();
    await run(
      jobOf({ from: { ...topic, log }, through: (p$) => p$.pipe(ids), into, clock, onError }),
    );
    expect(into.rows).toEqual(numbers(30));
  });

  it.each([
    new FencedError('taken over'),
    new OffsetOutOfRangeError({ topic: 'plays', partition: 0, offset: 1, start: 2, end: 3 }),
  ])('does not try again what would fail again: %s', async (error) => {
    const { topic } = await playsLog(plays(5));
    const into = failing<number>('before commit', () => true, error);
    const onError = { retry: { attempts: 5 } };
    const clock = virtualClock();
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, clock, onError });
    await expect(run(job)).rejects.toThrow(error.message);
    expect(clock.sleeps).toEqual([]);
  });

  it('does not try again after an error of onCommit', async () => {
    const { topic } = await playsLog(plays(5));
    const into = memorySink<number>();
    const clock = virtualClock();
    const onCommit = () => {
      throw new Error('mine');
    };
    const onError = { retry: { attempts: 5 } };
    const job = jobOf({
      from: topic,
      through: (p$) => p$.pipe(ids),
      into,
      clock,
      onError,
      onCommit,
    });
    await expect(run(job)).rejects.toThrow('mine');
    expect(clock.sleeps).toEqual([]);
  });
});

describe('a job that fails at the first poison', () => {
  it('commits nothing of its epoch and names the event', async () => {
    const { topic } = await playsLog(plays(25));
    const into = memorySink<number>();
    const through: JobOptions<Play, number>['through'] = (plays$) =>
      plays$.pipe(
        map(({ value }) => {
          if (value.id === 17) throw new Error('seventeen');
          return value.id;
        }),
      );
    const job = jobOf({ from: topic, through, into, onPoison: 'fail' });
    const failed = await run(job).catch((cause: unknown) => cause);
    expect(failed).toBeInstanceOf(PoisonError);
    expect(failed).toMatchObject({
      message:
        'the event plays/0/17 could not be processed by pipeline: seventeen; job job fails at the first, and its epoch was not committed',
      letter: { position: { offset: 17 } },
    });
    expect(into.rows).toEqual(numbers(10));
    await run({ ...job, through: (plays$) => plays$.pipe(ids) });
    expect(into.rows).toEqual(numbers(25));
  });
});

describe('a partition that another owner has taken over', () => {
  it('is tried again some times, while the others finish, and then the job ends', async () => {
    const { topic } = await playsLog(plays(70), 3);
    const into = memorySink<number>({
      fault(_moment, { partition }) {
        if (partition === 1) throw new FencedError('taken over');
      },
    });
    const fenced: number[] = [];
    const onFenced = (partition: number) => fenced.push(partition);
    const clock = virtualClock();
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, onFenced, clock });
    await expect(run(job)).rejects.toThrow(
      "another process has taken job job over, and goes on with it: taken over. Where several are to share its partitions, and the log shares them out, give each of them partitions: 'shared'",
    );
    expect(fenced).toEqual([1, 1, 1, 1]);
    expect(clock.sleeps).toHaveLength(3);
    const { end } = await (await topic.log.reader('plays', 1)).bounds();
    expect(end).toBeGreaterThan(0);
    expect(into.rows).toHaveLength(70 - end);
  });

  it('ends the job at once where it is the first', async () => {
    const { topic } = await playsLog(plays(70), 3);
    const into = memorySink<number>({
      fault(_moment, { partition }) {
        if (partition === 0) throw new FencedError('taken over');
      },
    });
    const clock = virtualClock();
    const through: JobOptions<Play, number>['through'] = (p$) => p$.pipe(ids);
    const job = startJob(jobOf({ from: topic, through, into, clock, atEnd: 'wait' }));
    await expect(job.done).rejects.toThrow('another process has taken job job over');
    expect(clock.sleeps).toEqual([]);
  });

  it('does not end a job that waits for more on the others', async () => {
    const { topic } = await playsLog(plays(70), 3);
    const into = memorySink<number>({
      fault(_moment, { partition }) {
        if (partition === 1) throw new FencedError('taken over');
      },
    });
    const { end } = await (await topic.log.reader('plays', 1)).bounds();
    const job = startJob(
      jobOf({
        from: topic,
        through: (p$) => p$.pipe(ids),
        into,
        atEnd: 'wait',
        onCommit: () => into.counts('job')['in'] === 70 - end && job.stop(),
      }),
    );
    expect((await job.done).counts).toEqual({ in: 70 - end, out: 70 - end });
  });
});

describe('the abort signal', () => {
  it('ends the job at once, and nothing is committed after it', async () => {
    const { topic } = await playsLog(plays(100));
    const abort = new AbortController();
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let commits = 0;
    const into = memorySink<number>({
      async fault(moment) {
        if (moment === 'after commit' || ++commits < 2) return;
        abort.abort(new Error('second signal'));
        await released;
        throw new Error('no connection');
      },
    });
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, abort: abort.signal });
    await expect(run(job)).rejects.toThrow('second signal');
    release();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect([into.rows, commits]).toEqual([numbers(10), 2]);
    const { abort: _, ...again } = job;
    abort.abort();
    await run({ ...again, into: memorySink<number>() });
  });

  it('opens nothing when it has fired before', async () => {
    const { topic } = await playsLog(plays(5));
    const into = memorySink<number>();
    const abort = AbortSignal.abort(new Error('already'));
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, abort });
    await expect(run(job)).rejects.toThrow('already');
  });
});
