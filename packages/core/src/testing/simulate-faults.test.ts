import { Play, playsLog } from '@streamify/test-kit/plays';
import { bufferCount, map, type Observable, pipe, scan, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import type { InputEvent } from '../job/job-options.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import type { Flaw } from './flawed-sink.ts';
import { simulateFaults } from './simulate-faults.ts';

/** Plays out of order, with duplicates, late ones and two that are poison. */
const plays: readonly Play[] = Array.from({ length: 240 }, (_, i) => {
  const id = i % 17 === 3 && i > 20 ? i - 11 : i;
  const delay = id % 31 === 5 ? 700 : (id * 7919) % 150;
  return { id, listener: `u${(id * 31) % 9}`, at: id * 10 - delay };
});

const through = pipe(
  deduplicate<Play>({ by: ({ value }) => String(value.id), within: 500 }),
  tap(({ value }: StreamEvent<Play>) => {
    if (value.id % 77 === 50) throw new Error('poison event');
  }),
  tumblingWindow<Play, number>(
    { zero: 0, add: (sum, { value }) => sum + value.id },
    { size: 200, lateness: 150 },
  ),
  map((result: WindowResult<number>) => {
    if (result.key === 'u4' && result.start % 600 === 0) throw new Error('poison result');
    return result;
  }),
);

describe('simulateFaults', () => {
  it('passes a job that survives, and says what it went through', async () => {
    const { topic } = await playsLog(plays, 2);
    const report = await simulateFaults({ name: 'plays', from: topic, through }, { seeds: 60 });
    expect(report.seeds).toBe(60);
    for (const kind of ['crashes', 'lost', 'fenced'] as const)
      expect(report[kind]).toBeGreaterThan(20);
  }, 60_000);

  it('finds a pipeline that keeps something where no checkpoint holds it', async () => {
    const { topic } = await playsLog(plays);
    const unsafe = scan<StreamEvent<Play>, number>((n) => n + 1, 0);
    await expect(simulateFaults({ name: 'plays', from: topic, through: unsafe })).rejects.toThrow(
      /with the faults of seed \d+ the job delivers something else: .*, and without faults /,
    );
  }, 60_000);

  it('finds a pipeline that holds elements back', async () => {
    const { topic } = await playsLog(plays);
    const held = bufferCount<StreamEvent<Play>>(7);
    await expect(simulateFaults({ name: 'plays', from: topic, through: held })).rejects.toThrow(
      /holds back elements until its events end, with an operator such as bufferCount/,
    );
  }, 60_000);

  it('finds a pipeline with an effect of its own', async () => {
    const { topic } = await playsLog(plays);
    let effects = 0;
    const counting = map(({ value }: StreamEvent<Play>) => ({ id: value.id, n: ++effects }));
    await expect(simulateFaults({ name: 'plays', from: topic, through: counting })).rejects.toThrow(
      'the job delivers something else',
    );
  }, 60_000);

  const flaws: Flaw[][] = [
    ['no compare-and-set', 'no owner token'],
    ['no owner token'],
    ['two transactions'],
    ['state lost'],
    ['blind retry', 'no compare-and-set'],
  ];
  it.each(flaws)(
    'finds a sink with %j',
    async (...breaking) => {
      const { topic } = await playsLog(plays);
      await expect(
        simulateFaults({ name: 'plays', from: topic, through }, { breaking }),
      ).rejects.toThrow(/with the faults of seed \d+/);
    },
    60_000,
  );

  it('takes a job that merges several topics, and finds in it what is unsafe', async () => {
    const { log, topic } = await playsLog(plays.slice(0, 120));
    await log.createTopic('more', { partitions: 1 });
    const more = log.topic('more', Play);
    await more.publish(plays.slice(60));
    const from = { plays: topic, more };
    type Both = InputEvent<typeof from>;
    const counted = tumblingWindow<Play, number>(
      { zero: 0, add: (n) => n + 1 },
      { size: 200, lateness: 800, by: (event) => (event as Both).input },
    );
    const job = { name: 'merged', from };
    const report = await simulateFaults(
      { ...job, through: (plays$: Observable<Both>) => plays$.pipe(counted) },
      { seeds: 20 },
    );
    expect(report.crashes).toBeGreaterThan(0);
    const unsafe = (plays$: Observable<Both>) =>
      plays$.pipe(scan((n, { input }) => n + input.length, 0));
    await expect(simulateFaults({ ...job, through: unsafe })).rejects.toThrow(/faults of seed \d+/);
  }, 60_000);

  it('has the same faults for the same seed', async () => {
    const { topic } = await playsLog(plays);
    const once = () =>
      simulateFaults({ name: 'plays', from: topic, through }, { seeds: 3, firstSeed: 7 });
    expect(await once()).toEqual(await once());
  });

  it('does not take for a success that nothing was delivered', async () => {
    const { topic } = await playsLog([]);
    await expect(simulateFaults({ name: 'plays', from: topic, through })).rejects.toThrow(
      'job plays delivers nothing from what its topic holds',
    );
    await expect(
      simulateFaults({ name: 'plays', from: topic, through }, { seeds: 0 }),
    ).rejects.toThrow('seeds must be a whole number from 1 on, got 0');
  });
});
