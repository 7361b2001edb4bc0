import { setImmediate as turn } from 'node:timers/promises';
import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map, merge, mergeMap, type Observable, of, pipe, share, tap } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { watermarkRecord } from '../codec/watermark-record.ts';
import type { StreamEvent } from '../contract/event.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { mapAsync } from '../operators/map-async.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { eventsOf } from '../testing/events-of.ts';
import { jobRunner } from '../testing/job-runner.ts';
import { restartSafe } from '../testing/restart-safe.ts';
import { simulateFaults } from '../testing/simulate-faults.ts';
import { redrive } from './redrive.ts';
import { run, startJob } from './run.ts';

type Plays = Observable<StreamEvent<Play>>;

const count = { zero: 0, add: (n: number) => n + 1 };

/** Answers after some turns of the event loop, which are not the same for all. */
const lookUp = async ({ value }: StreamEvent<Play>) => {
  for (let turns = value.id % 4; turns > 0; turns--) await turn();
  return value.id;
};
const ids = Array.from({ length: 100 }, (_, id) => id);

describe('a job with an asynchronous step', () => {
  it.each(['stop', 'complete'] as const)(
    'stores all results in order, at the end %s',
    async (atEnd) => {
      const { topic } = await playsLog(plays(100));
      const into = memorySink<number>();
      const through = (plays$: Plays) => plays$.pipe(mapAsync(lookUp, { concurrency: 7 }));
      const job = { name: 'job', from: topic, through, into, epoch: { maxRecords: 30 } };
      const { counts } = await run({ ...job, atEnd });
      expect(into.rows).toEqual(ids);
      expect(counts).toEqual({ in: 100, out: 100 });
    },
  );

  it('commits nothing of an epoch before its calls have come, nor more than it may have under way', async () => {
    const { topic } = await playsLog(plays(50));
    const into = memorySink<number>();
    let [underWay, most] = [0, 0];
    const answers: (() => void)[] = [];
    const call = async ({ value }: StreamEvent<Play>) => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => answers.push(resolve));
      underWay--;
      return value.id;
    };
    const through = (plays$: Plays) => plays$.pipe(mapAsync(call, { concurrency: 4 }));
    const running = startJob({ name: 'job', from: topic, through, into, atEnd: 'stop' });
    await vi.waitFor(() => expect(answers).toHaveLength(4));
    expect(into.counts('job')).toEqual({});
    const answering = setInterval(() => {
      for (const answer of answers.splice(0)) answer();
    }, 1);
    await running.done;
    clearInterval(answering);
    expect(most).toBe(4);
    expect(into.rows).toEqual(ids.slice(0, 50));
  });

  it('makes a call that fails a dead letter, which redrive makes again', async () => {
    const { topic } = await playsLog(plays(20));
    const into = memorySink<number>();
    let isDown = true;
    const call = async (play: StreamEvent<Play>) => {
      if (isDown && play.value.id % 5 === 0) throw new Error('503');
      return lookUp(play);
    };
    // What is upstream of the call has had its effect, and must not have it twice.
    const through = pipe(
      deduplicate<Play>({ by: ({ value }) => String(value.id), within: 1e6 }),
      mapAsync(call),
    );
    const job = { name: 'job', from: topic, through, into, atEnd: 'stop' } as const;
    await run(job);
    expect(
      into.dead.map(({ operator, reason, position, result }) => [
        operator,
        reason,
        position.offset,
        result?.operator,
      ]),
    ).toEqual([0, 5, 10, 15].map((offset) => ['mapAsync', '503', offset, 'mapAsync']));
    expect(into.rows).toHaveLength(16);

    expect(await redrive(job, await into.deadLetters('job'))).toEqual({
      done: 0,
      doneBefore: 0,
      deadAgain: 4,
    });
    expect(await into.deadLetters('job')).toHaveLength(4);
    isDown = false;
    expect(await redrive(job, await into.deadLetters('job'))).toEqual({
      done: 4,
      doneBefore: 0,
      deadAgain: 0,
    });
    expect(await into.deadLetters('job')).toEqual([]);
    expect(await redrive(job, into.dead)).toEqual({ done: 0, doneBefore: 4, deadAgain: 0 });
    expect([...into.rows].sort((a, b) => a - b)).toEqual(ids.slice(0, 20));
    expect(into.counts('job')).toMatchObject({ in: 20, out: 20, dead: 4, redriven: 4 });
  });

  it('makes a result that fails downstream a dead letter of its event', async () => {
    const { topic } = await playsLog(plays(6));
    const into = memorySink<number>();
    const through = (plays$: Plays) =>
      plays$.pipe(
        mapAsync(lookUp),
        tap((id) => {
          if (id === 3) throw new Error('poison');
        }),
      );
    await run({ name: 'job', from: topic, through, into, atEnd: 'stop' });
    expect(into.rows).toEqual([0, 1, 2, 4, 5]);
    expect(into.dead.map(({ operator, position }) => [operator, position.offset])).toEqual([
      ['pipeline', 3],
    ]);
  });

  it('gives up a call that takes too long', async () => {
    const { topic } = await playsLog(plays(3));
    const into = memorySink<number>();
    // The others answer without a turn of the event loop: a timer cannot come before them.
    const hang = ({ value: { id } }: StreamEvent<Play>) =>
      id === 1 ? new Promise<number>(() => {}) : Promise.resolve(id);
    const through = (plays$: Plays) => plays$.pipe(mapAsync(hang, { timeout: 5 }));
    await run({ name: 'job', from: topic, through, into, atEnd: 'stop' });
    expect(into.rows).toEqual([0, 2]);
    expect(into.dead.map(({ reason }) => reason)).toEqual(['no result within 5 ms']);
  });

  it('makes no call for an event that another branch takes back', async () => {
    const { topic } = await playsLog(plays(6));
    const into = memorySink<number>();
    const called: number[] = [];
    const call = async (play: StreamEvent<Play>) => {
      called.push(play.value.id);
      return lookUp(play);
    };
    const through = (plays$: Plays) => {
      const shared$ = plays$.pipe(share());
      const poison$ = shared$.pipe(
        tap(({ value }) => {
          if (value.id === 3) throw new Error('poison');
        }),
        mergeMap(() => of<number>()),
      );
      return merge(shared$.pipe(mapAsync(call)), poison$);
    };
    await run({ name: 'job', from: topic, through, into, atEnd: 'stop' });
    expect(called).toEqual([0, 1, 2, 4, 5]);
    expect(into.rows).toEqual([0, 1, 2, 4, 5]);
  });

  it('aborts its calls when the job is aborted, and ends at once', async () => {
    const { topic } = await playsLog(plays(3));
    const abort = new AbortController();
    const signals: AbortSignal[] = [];
    const hang = mapAsync((_: StreamEvent<Play>, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<number>(() => {});
    });
    const through = (plays$: Plays) => plays$.pipe(hang);
    const into = memorySink<number>();
    const job = startJob({ name: 'job', from: topic, through, into, abort: abort.signal });
    await vi.waitFor(() => expect(signals).toHaveLength(3));
    abort.abort(new Error('enough'));
    await expect(job.done).rejects.toThrow('enough');
    await vi.waitFor(() => expect(signals.every(({ aborted }) => aborted)).toBe(true));
    expect(into.counts('job')).toEqual({});
  });

  it('lands what is under way when it is stopped', async () => {
    const { topic } = await playsLog(plays(10));
    const into = memorySink<number>();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let calls = 0;
    const through = (plays$: Plays) =>
      plays$.pipe(
        mapAsync(async ({ value }) => {
          calls++;
          await answered;
          return value.id;
        }),
      );
    const job = startJob({ name: 'job', from: topic, through, into });
    await vi.waitFor(() => expect(calls).toBe(10));
    job.stop();
    answer();
    await job.done;
    expect(into.rows).toEqual(ids.slice(0, 10));
  });

  it('awaits two steps behind each other, and what a window gives at the end', async () => {
    const { topic } = await playsLog(plays(60));
    const into = memorySink<string>();
    const through = (plays$: Plays) =>
      plays$.pipe(
        mapAsync(async (play) => ({ ...play, value: { ...play.value, id: await lookUp(play) } }), {
          name: 'first',
        }),
        tumblingWindow<Play, number>(count, { size: 100 }),
        mapAsync(
          async ({ key, start, result }: WindowResult<number>) => {
            await turn();
            return `${key} ${start} ${result}`;
          },
          { name: 'second', concurrency: 2 },
        ),
      );
    await run({ name: 'job', from: topic, through, into, atEnd: 'complete' });
    const direct = memorySink<string>();
    const plain = (plays$: Plays) =>
      plays$.pipe(
        tumblingWindow<Play, number>(count, { size: 100 }),
        map(({ key, start, result }) => `${key} ${start} ${result}`),
      );
    await run({ name: 'job', from: topic, through: plain, into: direct, atEnd: 'complete' });
    expect(into.rows).toEqual(direct.rows);
    expect(into.rows.length).toBeGreaterThan(20);
  });

  it('lets event time that the topic carries wait behind the calls of what came before', async () => {
    const { log, topic } = await playsLog([]);
    const play = (id: number, at: number): Play => ({ id, listener: 'ann', at });
    const carry = (watermark: number) =>
      log.publish('plays', [watermarkRecord({ writer: 'other/0', writers: 1, watermark })]);
    await carry(Number.NEGATIVE_INFINITY);
    await topic.publish([play(1, 10), play(2, 20)]);
    await carry(500);
    const late = memorySink<WindowResult<number>>();
    const through = (plays$: Plays) =>
      plays$.pipe(
        mapAsync(async (event) => {
          await turn();
          return event;
        }),
        tumblingWindow<Play, number>(count, { size: 100 }),
      );
    await run({ name: 'job', from: topic, through, into: late, atEnd: 'stop' });
    // Had it gone ahead, both would have come too late.
    expect(late.rows).toEqual([{ key: 'ann', start: 0, end: 100, result: 2 }]);
    expect(late.counts('job')['late']).toBeUndefined();
  });

  it('needs a name where there are two', async () => {
    const { topic } = await playsLog(plays(1));
    const through = (plays$: Plays) =>
      plays$.pipe(
        mapAsync(lookUp),
        mapAsync(async (n) => n),
      );
    const job = { name: 'job', from: topic, through, into: memorySink<number>() };
    await expect(run({ ...job, atEnd: 'stop' })).rejects.toThrow(
      'two steps are called mapAsync: give one of them a name',
    );
  });

  it('can be run by jobRunner, and survives restarts', async () => {
    const through = pipe(
      deduplicate<Play>({ by: ({ value }) => String(value.id), within: 300 }),
      mapAsync(async (event: StreamEvent<Play>) => {
        if (event.value.id % 13 === 7) throw new Error('unlucky');
        await turn();
        return event;
      }),
      tumblingWindow<Play, number>(count, { size: 100, lateness: 50 }),
    );
    const { topic } = await playsLog([]);
    const job = jobRunner({ from: topic, through });
    await job.push(...plays(30));
    job.restart();
    await job.push(...plays(30, 30));
    await job.complete();
    expect(job.dead.map(({ position }) => position.offset)).toEqual([7, 20, 33, 46, 59]);
    expect(job.rows.reduce((sum, { result }) => sum + result, 0)).toBe(55);
    await restartSafe(through, eventsOf(Play, [...plays(60), ...plays(20)]));
  });

  it('survives crashes, lost replies and owners that come too late', async () => {
    const { topic } = await playsLog(plays(200));
    const through = pipe(
      mapAsync(
        async (event: StreamEvent<Play>) => {
          await lookUp(event);
          if (event.value.id % 31 === 5) throw new Error('poison');
          return event;
        },
        { concurrency: 5 },
      ),
      tumblingWindow<Play, number>(count, { size: 200, lateness: 50 }),
    );
    const report = await simulateFaults({ name: 'plays', from: topic, through }, { seeds: 30 });
    expect(report.crashes).toBeGreaterThan(5);
  }, 60_000);

  it('simulated with a counter of its own, shows that the simulation would notice', async () => {
    const { topic } = await playsLog(plays(200));
    let calls = 0;
    const through = (plays$: Plays) => plays$.pipe(mapAsync(async () => ++calls));
    await expect(
      simulateFaults({ name: 'plays', from: topic, through }, { seeds: 30 }),
    ).rejects.toThrow('the job delivers something else');
  }, 60_000);
});
