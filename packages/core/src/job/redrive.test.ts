import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FencedError, OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { clean, reject } from '../operators/clean.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { JobOptions } from './job-options.ts';
import { redrive } from './redrive.ts';
import { run, startJob } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);
const ascending = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const once = () => deduplicate<Play>({ by: ({ value }) => String(value.id), within: 1_000_000 });
/** A pipeline that cannot digest every tenth play. */
const broken: JobOptions<Play, number>['through'] = (plays$) =>
  plays$.pipe(
    once(),
    ids,
    map((id) => {
      if (id % 10 === 3) throw new Error('three');
      return id;
    }),
  );
const mended: JobOptions<Play, number>['through'] = (plays$) => plays$.pipe(once(), ids);

async function brokenRun(into = memorySink<number>(), partitions = 2) {
  const { topic } = await playsLog(plays(100), partitions);
  const job: JobOptions<Play, number> = {
    name: 'job',
    from: topic,
    through: broken,
    into,
    atEnd: 'stop',
    epoch: { maxRecords: 3 },
  };
  await run(job);
  expect(into.rows).toHaveLength(90);
  return { job, into, letters: [...into.dead], mended: { ...job, through: mended } };
}

describe('a redrive', () => {
  it('lands what was dead, once, however often it is done', async () => {
    const { job, into, letters, mended } = await brokenRun();
    expect(await redrive(mended, letters)).toEqual({ done: 10, doneBefore: 0, deadAgain: 0 });
    expect(ascending(into.rows)).toEqual(numbers(100));
    expect(await redrive(mended, letters)).toEqual({ done: 0, doneBefore: 10, deadAgain: 0 });
    expect(ascending(into.rows)).toEqual(numbers(100));
    expect(into.counts('job')).toEqual({ in: 100, out: 100, dead: 10, redriven: 10 });
    await job.from.publish(plays(10, 100));
    await run(mended);
    expect(ascending(into.rows)).toEqual(numbers(110));
  });

  it('leaves alone what fails again, and makes no second letter of it', async () => {
    const { job, into, letters, mended } = await brokenRun();
    expect(await redrive(job, letters)).toEqual({ done: 0, doneBefore: 0, deadAgain: 10 });
    expect(into.dead).toHaveLength(10);
    expect(into.counts('job')).toEqual({ in: 100, out: 90, dead: 10 });
    expect(await redrive(mended, letters)).toMatchObject({ done: 10 });
    expect(ascending(into.rows)).toEqual(numbers(100));
  });

  it.each(
    (['before commit', 'after commit'] as const).flatMap((moment) =>
      [1, 2, 3, 4].map((at) => [moment, at] as const),
    ),
  )('that crashes %s %i is finished by the next', async (moment, at) => {
    let commits: number | undefined;
    const sink = memorySink<number>({
      fault(now) {
        if (commits !== undefined && now === moment && ++commits === at) throw new Error('crash');
      },
    });
    const { into, letters, mended } = await brokenRun(sink);
    commits = 0;
    await expect(redrive(mended, letters)).rejects.toThrow('crash');
    commits = undefined;
    const { done, doneBefore } = await redrive(mended, letters);
    expect(done + doneBefore).toBe(10);
    expect(doneBefore > 0).toBe(at > 1 || moment === 'after commit');
    expect(ascending(into.rows)).toEqual(numbers(100));
    expect(into.counts('job')).toEqual({ in: 100, out: 100, dead: 10, redriven: 10 });
  });

  it('goes through the state of the job: an id that has landed since is a duplicate', async () => {
    const { job, into, letters, mended } = await brokenRun(memorySink<number>(), 1);
    await job.from.publish(plays(1, 3));
    await run(mended);
    expect(ascending(into.rows)).toEqual(
      ascending([...numbers(100).filter((n) => n % 10 !== 3), 3]),
    );
    await redrive(mended, letters);
    expect(ascending(into.rows)).toEqual(numbers(100));
    expect(into.counts('job')['duplicates']).toBe(1);
  });

  it('takes events that an operator rejected or the sink refused, of which the state knows nothing', async () => {
    const { topic } = await playsLog(plays(20));
    let picky = true;
    const into = memorySink<Play>({ refusal: () => undefined });
    const strict: typeof into = {
      ...into,
      async open(task) {
        const opened = await into.open(task);
        const refusal = (row: Play | StreamEvent<Play>) =>
          picky && 'value' in row && row.value.id === 7 ? 'seven' : undefined;
        return { ...opened, refusal };
      },
    };
    const job: JobOptions<Play, unknown> = {
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(once(), clean({ id: (id) => (picky && id === 5 ? reject('five') : id) })),
      into: strict as never,
      atEnd: 'stop',
    };
    await run(job);
    expect(into.dead.map(({ reason }) => reason)).toEqual(['five', 'seven']);
    picky = false;
    expect(await redrive(job, into.dead)).toMatchObject({ done: 2 });
    expect(ascending(into.rows.map(({ id }) => id))).toEqual(numbers(20));
    expect(into.counts('job')['duplicates']).toBeUndefined();
  });

  it('emits the result of a window again', async () => {
    const { topic } = await playsLog(plays(30));
    const into = memorySink<WindowResult<number>>();
    const windows = tumblingWindow<Play, number>(
      { zero: 0, add: (n: number) => n + 1 },
      { size: 100, by: () => 'all' },
    );
    const jobOf = (bad: number): JobOptions<Play, WindowResult<number>> => ({
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(
          windows,
          map((result) => {
            if (result.start === bad) throw new Error('no');
            return result;
          }),
        ),
      into,
      atEnd: 'stop',
    });
    await run(jobOf(100));
    expect(into.rows.map(({ start }) => start)).toEqual([0]);
    for (const done of [1, 0]) expect(await redrive(jobOf(-1), into.dead)).toMatchObject({ done });
    expect(into.rows.map(({ start, result }) => [start, result])).toEqual([
      [0, 10],
      [100, 10],
    ]);
  });

  it('fences the job where that still runs', async () => {
    const { into, letters, mended } = await brokenRun(memorySink<number>(), 1);
    let begun: () => void = () => {};
    const first = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const live = startJob({ ...mended, atEnd: 'wait', epoch: { maxRecords: 1 }, onCommit: begun });
    const fenced = expect(live.done).rejects.toThrow(FencedError);
    await mended.from.publish(plays(1, 100));
    await first;
    await redrive(mended, letters);
    await mended.from.publish(plays(1, 101));
    await fenced;
    await run(mended);
    expect(ascending(into.rows)).toEqual(numbers(102));
  });

  it('refuses letters that are not of its job', async () => {
    const { letters, mended } = await brokenRun();
    const [letter] = letters as [(typeof letters)[0]];
    const stray = { ...letter, position: { ...letter.position, topic: 'skips' } };
    await expect(redrive(mended, [stray])).rejects.toThrow(OptionError);
    await expect(redrive(mended, [stray])).rejects.toThrow('cannot process a letter of skips');
    const other = { ...mended, name: 'other' };
    await expect(redrive(other, letters)).rejects.toThrow('job other has never committed anything');
  });
});
