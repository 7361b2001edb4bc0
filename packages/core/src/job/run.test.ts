import { LOGGED_AT, Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map, merge, mergeMap, Observable, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  DeadLetterLimitError,
  FencedError,
  OffsetOutOfRangeError,
  PipelineError,
  StateMismatchError,
  UnknownTopicError,
} from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventLog, PollRequest, Topic } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { clean } from '../operators/clean.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { type CommitMoment, memorySink } from '../sink/memory/memory-sink.ts';
import { commitOf, emptyOutput } from '../testing/contract-output.ts';
import type { CommitReport } from './commit-queue.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

type Event = StreamEvent<Play>;
type Windows = WindowResult<number>;

const ids = map(({ value }: Event) => value.id);
const windows = () =>
  tumblingWindow<Play, number>({ zero: 0, add: (n: number) => n + 1 }, { size: 100 });
const jobOf = <B>(
  options: Pick<JobOptions<Play, B>, 'from' | 'through' | 'into'> & Partial<JobOptions<Play, B>>,
): JobOptions<Play, B> => ({ name: 'job', atEnd: 'stop', epoch: { maxRecords: 10 }, ...options });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const ascending = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);
/** Lets everything go on that does not wait for a timer. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** The topic, read through a log that tells of each poll. */
function watched(topic: Topic<Play>, onPoll: (request: PollRequest, records: number) => void) {
  const log: EventLog = {
    ...topic.log,
    async reader(name, partition) {
      const reader = await topic.log.reader(name, partition);
      return {
        ...reader,
        async poll(request) {
          const slice = await reader.poll(request);
          onPoll(request, slice.records.length);
          return slice;
        },
      };
    },
  };
  return { ...topic, log };
}

/** The longest epoch of a job over so many partitions, without a limit of its own. */
async function longestEpoch(partitions: number): Promise<number> {
  const { topic } = await playsLog(plays(50_000), partitions);
  const stop = new AbortController();
  let [longest, seen] = [0, 0];
  const onCommit = ({ counts }: CommitReport) => {
    longest = Math.max(longest, counts['in'] ?? 0);
    seen += counts['in'] ?? 0;
    if (seen === 50_000) stop.abort();
  };
  await run({
    ...jobOf({ from: topic, through: (plays$) => plays$.pipe(ids), into: memorySink<number>() }),
    atEnd: 'wait',
    epoch: { maxWait: 10 },
    onCommit,
    signal: stop.signal,
  });
  return longest;
}

describe('run', () => {
  it('has smaller epochs the more partitions it works on, so that memory does not grow with them', async () => {
    expect(await longestEpoch(1)).toBe(20_000);
    expect(await longestEpoch(4)).toBe(5_000);
    expect(await longestEpoch(30)).toBe(1_000);
  });

  it('takes every event of the topic through the pipeline into the sink', async () => {
    const { topic } = await playsLog(plays(25));
    const into = memorySink<number>();
    const reports: CommitReport[] = [];
    const summary = await run(
      jobOf({
        from: topic,
        through: (plays$) => plays$.pipe(ids),
        into,
        onCommit: (report) => reports.push(report),
      }),
    );
    expect(into.rows).toEqual(numbers(25));
    expect(into.counts('job')).toEqual({ in: 25, out: 25 });
    expect(summary).toEqual({ counts: { in: 25, out: 25 }, epochs: 3 });
    expect(reports).toEqual([
      { partition: 0, epoch: 1, next: 10, nextByInput: { plays: 10 }, counts: { in: 10, out: 10 } },
      { partition: 0, epoch: 2, next: 20, nextByInput: { plays: 20 }, counts: { in: 10, out: 10 } },
      { partition: 0, epoch: 3, next: 25, nextByInput: { plays: 25 }, counts: { in: 5, out: 5 } },
    ]);
  });

  it('stores the value of an event that reaches the sink whole', async () => {
    const { topic } = await playsLog(plays(2));
    const into = memorySink<Play>();
    await run(jobOf({ from: topic, through: (plays$) => plays$, into }));
    expect(into.rows).toEqual(plays(2));
  });

  it('works on all partitions, each with its own state', async () => {
    const { topic } = await playsLog(plays(70), 3);
    const into = memorySink<Windows>();
    const through = (plays$: Parameters<JobOptions<Play, Windows>['through']>[0]) =>
      plays$.pipe(windows());
    const { counts } = await run(jobOf({ from: topic, through, into, atEnd: 'complete' }));
    expect(counts).toEqual({ in: 70, out: into.rows.length });
    expect(into.rows.reduce((sum, { result }) => sum + result, 0)).toBe(70);
    expect(new Set(into.rows.map(({ key }) => key)).size).toBe(7);
  });

  it('ends an epoch at its bytes', async () => {
    const { topic } = await playsLog(plays(10));
    const into = memorySink<number>();
    const through = (plays$: Parameters<JobOptions<Play, number>['through']>[0]) =>
      plays$.pipe(ids);
    const { epochs } = await run(jobOf({ from: topic, through, into, epoch: { maxBytes: 1 } }));
    expect(epochs).toBe(10);
  });

  it('commits nothing where there is nothing', async () => {
    const { topic } = await playsLog([]);
    const into = memorySink<Windows>();
    for (const atEnd of ['stop', 'complete'] as const)
      expect(
        await run(jobOf({ from: topic, through: (p$) => p$.pipe(windows()), into, atEnd })),
      ).toEqual({ counts: {}, epochs: 0 });
  });
});

describe('at the end of the log', () => {
  const resultsOf = async (atEnd: 'stop' | 'complete', more = 0) => {
    const { topic } = await playsLog(plays(15));
    const into = memorySink<Windows>();
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(windows()), into, atEnd });
    await run(job);
    await topic.publish(plays(more, 15));
    await run(job);
    return into;
  };

  it('stop leaves windows open for the next run', async () => {
    expect((await resultsOf('stop')).rows.map(({ start }) => start)).toEqual(Array(7).fill(0));
    const { rows } = await resultsOf('stop', 15);
    expect(rows.reduce((sum, { result }) => sum + result, 0)).toBe(20);
  });

  it('complete closes them, once', async () => {
    const { rows, counts } = await resultsOf('complete');
    expect(rows.reduce((sum, { result }) => sum + result, 0)).toBe(15);
    expect(counts('job')).toEqual({ in: 15, out: rows.length });
  });

  it('wait goes on with what is published later, until the signal', async () => {
    const { topic } = await playsLog(plays(3));
    const into = memorySink<number>();
    const controller = new AbortController();
    const running = run(
      jobOf({
        from: topic,
        through: (plays$) => plays$.pipe(ids),
        into,
        atEnd: 'wait',
        epoch: { maxRecords: 1 },
        signal: controller.signal,
        onCommit({ next }) {
          if (next === 3) void topic.publish(plays(2, 3));
          if (next === 5) controller.abort();
        },
      }),
    );
    expect(await running).toEqual({ counts: { in: 5, out: 5 }, epochs: 5 });
    expect(into.rows).toEqual(numbers(5));
  });
});

describe('the signal', () => {
  it('ends the job once the open epoch is committed', async () => {
    const { topic } = await playsLog(plays(5));
    const into = memorySink<number>();
    const controller = new AbortController();
    const through = (plays$: Parameters<JobOptions<Play, number>['through']>[0]) =>
      plays$.pipe(
        ids,
        tap((id) => id === 2 && controller.abort()),
      );
    await run(
      jobOf({
        from: topic,
        through,
        into,
        atEnd: 'wait',
        epoch: { maxRecords: 100, maxWait: 3_600_000 },
        signal: controller.signal,
      }),
    );
    expect(into.rows).toEqual(numbers(5));
    expect((await into.open({ job: 'job', partition: 0 })).checkpoint?.next).toEqual({ plays: 5 });
  });

  it('does not take the tasks over when it has fired before', async () => {
    const { topic } = await playsLog(plays(5));
    const into = memorySink<number>();
    const owner = await into.open({ job: 'job', partition: 0 });
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into });
    expect(await run({ ...job, signal: AbortSignal.abort() })).toEqual({ counts: {}, epochs: 0 });
    const commit = commitOf(1, { next: { plays: 0 } });
    await owner.commit(commit, emptyOutput);
  });
});

describe('a job that crashes in a commit', () => {
  const crashes = (['before commit', 'after commit'] as const).flatMap((moment) =>
    [1, 2, 3, 4].map((at): [CommitMoment, number] => [moment, at]),
  );

  it.each(crashes)('%s %i goes on with nothing lost or doubled', async (moment, at) => {
    const { topic } = await playsLog(plays(40));
    const expected = memorySink<Windows>();
    const through = (plays$: Parameters<JobOptions<Play, Windows>['through']>[0]) =>
      plays$.pipe(deduplicate({ by: ({ value }) => String(value.id), within: 50 }), windows());
    await run(jobOf({ from: topic, through, into: expected, atEnd: 'complete' }));

    let commits = 0;
    const into = memorySink<Windows>({
      fault(now) {
        if (now === moment && ++commits === at) throw new Error('crash');
      },
    });
    const job = jobOf({ from: topic, through, into, atEnd: 'complete' });
    await expect(run(job)).rejects.toThrow('crash');
    expect(into.counts('job')['in'] ?? 0).toBe(10 * (moment === 'before commit' ? at - 1 : at));
    await run(job);
    expect(into.rows).toEqual(expected.rows);
    expect(into.counts('job')).toEqual(expected.counts('job'));
  });

  it('leaves the log as it was', async () => {
    const { log, topic } = await playsLog(plays(10));
    const into = memorySink<number>({
      fault() {
        throw new Error('no sink');
      },
    });
    const job = jobOf({ from: topic, through: (plays$) => plays$.pipe(ids), into });
    await expect(run(job)).rejects.toThrow('no sink');
    expect(await (await log.reader('plays', 0)).bounds()).toEqual({ start: 0, end: 10 });
    expect([into.rows, into.counts('job')]).toEqual([[], {}]);
  });

  it('stops its other partitions too, which commit what they have begun', async () => {
    const { topic } = await playsLog(plays(70), 3);
    const into = memorySink<number>({
      fault(_moment, { partition }) {
        if (partition === 1) throw new Error('crash');
      },
    });
    const job = jobOf({ from: topic, through: (p$) => p$.pipe(ids), into, atEnd: 'wait' });
    await expect(run(job)).rejects.toThrow('crash');
    expect(into.rows.length).toBeGreaterThan(0);
    const good = memorySink<number>();
    await run({ ...job, into: good, atEnd: 'stop' });
    expect(ascending(good.rows)).toEqual(numbers(70));
  });
});

describe('a job that is run twice at the same time', () => {
  it('goes on in the younger run; the older is fenced', async () => {
    const { topic } = await playsLog(plays(15));
    const into = memorySink<number>();
    const epoch = { maxRecords: 5 };
    const job = jobOf({ from: topic, through: (plays$) => plays$.pipe(ids), into, epoch });
    let begun: () => void = () => {};
    const firstCommit = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const old = run({ ...job, atEnd: 'wait', onCommit: () => begun() });
    const fenced = expect(old).rejects.toThrow(FencedError);
    await firstCommit;
    await run(job);
    await topic.publish(plays(10, 15));
    await fenced;
    await run(job);
    expect(into.rows).toEqual(numbers(25));
  });
});

describe('back-pressure', () => {
  it('never has more than two epochs in memory, and does have two', async () => {
    const { topic } = await playsLog(plays(100));
    let [polled, committed, most] = [0, 0, 0];
    const into = memorySink<number>({
      async fault(moment) {
        await settle();
        most = Math.max(most, polled - committed);
        if (moment === 'after commit') committed += 10;
      },
    });
    const from = watched(topic, (_request, records) => {
      polled += records;
      most = Math.max(most, polled - committed);
    });
    await run(jobOf({ from, through: (plays$) => plays$.pipe(ids), into }));
    expect(into.rows).toEqual(numbers(100));
    expect(most).toBe(20);
  });

  it('lets a commit of many steps go on while the next epoch is processed', async () => {
    const { topic } = await playsLog(plays(4_000));
    let processed = 0;
    const during: number[] = [];
    const into = memorySink<number>({
      async fault(moment) {
        if (moment !== 'before commit') return;
        const before = processed;
        for (let step = 0; step < 5; step++) await new Promise((resolve) => setImmediate(resolve));
        during.push(processed - before);
      },
    });
    const through = (plays$: Parameters<JobOptions<Play, number>['through']>[0]) =>
      plays$.pipe(
        ids,
        tap(() => processed++),
      );
    await run({ ...jobOf({ from: topic, through, into }), epoch: { maxRecords: 2_000 } });
    expect(into.rows).toEqual(numbers(4_000));
    // Some of the second epoch, and not all of it, while five steps of the first one's commit are taken.
    expect(during[0]).toBeGreaterThan(0);
    expect(during[0]).toBeLessThan(2_000);
  });

  it('never asks the log for more than the rest of an epoch', async () => {
    const { topic } = await playsLog(plays(100));
    const asked: number[] = [];
    const from = watched(topic, ({ maxRecords }) => asked.push(maxRecords));
    const into = memorySink<number>();
    await run(jobOf({ from, through: (plays$) => plays$.pipe(ids), into }));
    expect(Math.max(...asked)).toBe(10);
  });
});

describe('dead letters', () => {
  it('are made of bytes that do not decode, with the bytes and the headers', async () => {
    const { log, topic } = await playsLog(plays(1));
    const value = Uint8Array.of(1, 2, 3);
    await log.publish('plays', [{ key: 'ann', value, headers: { file: 'plays.jsonl' } }]);
    await topic.publish(plays(1, 1));
    const into = memorySink<number>();
    await run(jobOf({ from: topic, through: (plays$) => plays$.pipe(ids), into }));
    expect(into.rows).toEqual([0, 1]);
    expect(into.dead).toMatchObject([
      {
        position: { topic: 'plays', partition: 0, offset: 1 },
        key: 'ann',
        headers: { file: 'plays.jsonl' },
        schemaId: undefined,
        loggedAt: LOGGED_AT,
        operator: 'decode',
        reason: expect.stringContaining('cannot decode Play'),
      },
    ]);
    expect([...(into.dead[0]?.raw ?? [])]).toEqual([1, 2, 3]);
    expect(into.counts('job')).toEqual({ in: 3, out: 2, dead: 1 });
  });

  it('are made of events further ahead of the log than allowed, which move no watermark', async () => {
    const [first, second] = plays(2) as [Play, Play];
    const ahead = { id: 9, listener: 'eve', at: LOGGED_AT + 5_001 };
    const { topic } = await playsLog([first, ahead, { ...ahead, at: LOGGED_AT + 5_000 }, second]);
    const into = memorySink<Windows>();
    await run(
      jobOf({ from: topic, through: (p$) => p$.pipe(windows()), into, maxFutureSkew: 5_000 }),
    );
    expect(into.dead).toMatchObject([
      {
        operator: 'time',
        position: { offset: 1 },
        reason: expect.stringMatching(/1005001.*ahead/),
      },
    ]);
    expect(into.counts('job')).toEqual({ in: 4, out: 1, dead: 1, late: 1, ahead: 1 });
  });

  it('are made of events that a cleaning rule moves too far ahead of the log', async () => {
    const { topic } = await playsLog(plays(3));
    const into = memorySink<Windows>();
    const inSeconds = { at: (at: number) => (at === 10 ? at * 1_000_000 : at) };
    const through = (plays$: Parameters<JobOptions<Play, Windows>['through']>[0]) =>
      plays$.pipe(clean(inSeconds, { time: 'at' }), windows());
    await run(jobOf({ from: topic, through, into, maxFutureSkew: 5_000, atEnd: 'complete' }));
    expect(into.dead).toMatchObject([{ operator: 'clean', position: { offset: 1 } }]);
    expect(into.counts('job')).toEqual({ in: 3, out: 2, dead: 1 });
  });

  const poisoned = (share: number, count: number) => async (maxDeadShare?: number) => {
    const { topic } = await playsLog(plays(count));
    const into = memorySink<number>();
    const through = (plays$: Parameters<JobOptions<Play, number>['through']>[0]) =>
      plays$.pipe(
        ids,
        tap((id) => {
          if (id % 10 < share * 10) throw new Error('poison');
        }),
      );
    const epoch = { maxRecords: 600 };
    const job = jobOf({ from: topic, through, into, epoch, ...(maxDeadShare && { maxDeadShare }) });
    const error = await run(job).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    return { error, dead: into.dead.length };
  };

  it('stop the job before the commit when their share is above the limit', async () => {
    const { error, dead } = await poisoned(0.6, 1_200)();
    expect(error).toBeInstanceOf(DeadLetterLimitError);
    expect(String(error)).toMatch(
      /720 of 1200 events of plays\/0.*share of 0.5.*not committed.*failed in pipeline: poison/,
    );
    expect(dead).toBe(360);
  });

  it('do not stop the job at the limit, or among the first events', async () => {
    expect(await poisoned(0.5, 1_200)()).toEqual({ error: undefined, dead: 600 });
    expect(await poisoned(1, 900)()).toEqual({ error: undefined, dead: 900 });
    expect((await poisoned(0.5, 1_200)(0.4)).error).toBeInstanceOf(DeadLetterLimitError);
  });
});

describe('run refuses', () => {
  const through = (plays$: Parameters<JobOptions<Play, number>['through']>[0]) => plays$.pipe(ids);
  const refusal = async (options: Partial<JobOptions<Play, number>>) => {
    const { topic } = await playsLog(plays(5));
    const job = jobOf({ from: topic, through, into: memorySink<number>() });
    return run({ ...job, ...options }).then(
      () => 'nothing',
      (cause: unknown) => String(cause),
    );
  };
  const optionErrors: [Partial<JobOptions<Play, number>>, string][] = [
    [{ name: ' ' }, 'a job needs a name, got " "'],
    [{ name: undefined as never }, 'a job needs a name, got undefined'],
    [{ atEnd: 'pause' as never }, 'atEnd must be wait, stop or complete, got pause'],
    [{ epoch: { maxRecords: 0 } }, 'epoch.maxRecords must be a whole number of at least 1, got 0'],
    [
      { epoch: { maxRecords: 1.5 } },
      'epoch.maxRecords must be a whole number of at least 1, got 1.5',
    ],
    [{ epoch: { maxBytes: -1 } }, 'epoch.maxBytes must be a whole number of at least 1, got -1'],
    [
      { epoch: { maxWait: Number.NaN } },
      'epoch.maxWait must be a whole number of at least 1, got NaN',
    ],
    [{ maxDeadShare: 1.1 }, 'maxDeadShare must be between 0 and 1, got 1.1'],
    [{ maxFutureSkew: -1 }, 'maxFutureSkew must not be negative, got -1'],
    [{ from: {} as never }, 'from must have at least one topic, got {}'],
    [{ from: 'plays' as never }, 'from must be a topic, or topics by name, got "plays"'],
    [{ from: { plays: 1 } as never }, 'from.plays must be a topic, got 1'],
    [
      { through: undefined as never },
      'through must be a function from events to results, got undefined',
    ],
    [{ into: 'a table' as never }, 'into must be a sink, got "a table"'],
    [{ onPoison: 'drop' as never }, 'onPoison must be dead-letter or fail, got drop'],
    [{ onError: 'retry' as never }, 'onError must be fail or { retry: { attempts } }, got "retry"'],
    [
      { onError: { retry: { attempts: 0 } } },
      'retry.attempts must be a whole number of at least 1, got 0',
    ],
    [
      { onError: { retry: { attempts: 1, firstDelay: -1 } } },
      'retry.firstDelay must not be negative, got -1',
    ],
    [
      { startAt: 'yesterday' as never },
      'startAt must be earliest, latest, { timestamp } or { offsets }, got "yesterday"',
    ],
    [{ startAt: { timestamp: Number.NaN } }, 'startAt.timestamp must be a time, got NaN'],
    [
      { startAt: { offsets: { plays: [0.5] } } },
      'startAt.offsets.plays must list an offset for each partition, got [0.5]',
    ],
    [
      { startAt: { offsets: {} } },
      'startAt.offsets.plays must list an offset for each partition, got undefined',
    ],
    [{ clock: Date as never }, 'clock must have now and sleep, got a function'],
    [
      { stateStore: 'state' as never },
      'stateStore must be a store such as fileStateStore, got "state"',
    ],
    [{ signal: true as never }, 'signal must be an AbortSignal, got true'],
    [{ onCommit: 'log' as never }, 'onCommit must be a function, got "log"'],
  ];

  it.each(optionErrors)('%o', async (options, message) => {
    expect(await refusal(options)).toBe(`OptionError: ${message}`);
  });

  it('a topic that does not exist', async () => {
    const { log } = await playsLog([]);
    const from = log.topic('palys', Play);
    const job = jobOf({ from, through, into: memorySink<number>() });
    await expect(run(job)).rejects.toThrow(UnknownTopicError);
    await expect(run(job)).rejects.toThrow('there is no topic palys');
  });

  it('a checkpoint that the log does not reach', async () => {
    const into = memorySink<number>();
    const { log, topic: longer } = await playsLog(plays(10));
    await run(jobOf({ from: longer, through, into }));
    const { log: other, topic } = await playsLog(plays(5));
    const from = { ...topic, log: { ...other, topicId: log.topicId } };
    const shorter = jobOf({ from, through, into });
    await expect(run(shorter)).rejects.toThrow(OffsetOutOfRangeError);
    await expect(run(shorter)).rejects.toThrow(
      'offset 10 of plays/0 is outside the log, which holds 0 to 5',
    );
  });

  it('a pipeline whose states are not those that were saved', async () => {
    const { topic } = await playsLog(plays(10));
    const into = memorySink<unknown>();
    await run(jobOf<unknown>({ from: topic, through: (p$) => p$.pipe(windows()), into }));
    const changed = jobOf<unknown>({
      from: topic,
      through: (p$) => p$.pipe(tumblingWindow({ zero: 0, add: (n: number) => n }, { size: 7 })),
      into,
    });
    await expect(run(changed)).rejects.toThrow(StateMismatchError);
    await expect(run(changed)).rejects.toThrow(
      "job job: state tumblingWindow.open was saved with size 100, and now has size 7: go back to what it was; drain it, by a run of the old pipeline with atEnd 'complete', which closes windows; or give the job a new name, under which it starts over",
    );
  });

  it('state of a topic that had another number of partitions', async () => {
    const into = memorySink<unknown>();
    const few = await playsLog(plays(10), 1);
    const through = (p$: Parameters<JobOptions<Play, unknown>['through']>[0]) => p$.pipe(windows());
    await run(jobOf<unknown>({ from: few.topic, through, into }));
    const more = await playsLog(plays(10), 2);
    await expect(run(jobOf<unknown>({ from: more.topic, through, into }))).rejects.toThrow(
      'job job has state of 1 partitions, and now reads 2',
    );
  });

  it('another topic under the name of the job', async () => {
    const { log, topic } = await playsLog(plays(10));
    await log.createTopic('skips', { partitions: 1 });
    const into = memorySink<number>();
    await run(jobOf({ from: topic, through, into }));
    const moved = jobOf({ from: log.topic('skips', Play), through, into });
    await expect(run(moved)).rejects.toThrow(StateMismatchError);
    await expect(run(moved)).rejects.toThrow(
      'job job was saved reading plays, and now reads skips',
    );
  });

  it('a pipeline that emits after its epoch, and commits nothing', async () => {
    const { topic } = await playsLog(plays(10));
    const into = memorySink<number>();
    const later = jobOf({
      from: topic,
      through: (p$) => p$.pipe(mergeMap(async ({ value }) => value.id)),
      into,
    });
    await expect(run(later)).rejects.toThrow(PipelineError);
    await expect(run(later)).rejects.toThrow('emitted outside an epoch');
    expect(into.counts('job')).toEqual({});
  });

  it('a pipeline that emits while its last epoch is committed', async () => {
    const { topic } = await playsLog(plays(5));
    let emit: () => void = () => {};
    const emitted = new Promise<void>((resolve) => {
      emit = resolve;
    });
    const into = memorySink<number>({
      async fault() {
        emit();
        await settle();
      },
    });
    const late$ = new Observable<number>((subscriber) => {
      void emitted.then(() => subscriber.next(7));
    });
    const job = jobOf({ from: topic, through: (p$) => merge(p$.pipe(ids), late$), into });
    const failure = run({ ...job, atEnd: 'wait', epoch: { maxRecords: 2 } });
    await expect(failure).rejects.toThrow('emitted outside an epoch');
  });
});

describe('what a job has opened', () => {
  it.each([undefined, new Error('crash')])('is closed when it ends with %s', async (failure) => {
    const { topic } = await playsLog(plays(10), 2);
    const open = new Set<unknown>();
    const tracked = <C extends { close(): Promise<void> }>(closeable: C): C => {
      open.add(closeable.close);
      const close = async () => {
        open.delete(closeable.close);
        await closeable.close();
      };
      return { ...closeable, close };
    };
    const stored: Sink<number> = memorySink<number>({
      fault() {
        if (failure) throw failure;
      },
    });
    const log: EventLog = {
      ...topic.log,
      reader: async (...where) => tracked(await topic.log.reader(...where)),
    };
    const job = jobOf({
      from: { ...topic, log },
      through: (plays$) => plays$.pipe(ids),
      into: { ...stored, open: async (task) => tracked(await stored.open(task)) },
    });
    await run(job).catch((cause) => expect(cause).toBe(failure));
    expect(open.size).toBe(0);
  });
});
