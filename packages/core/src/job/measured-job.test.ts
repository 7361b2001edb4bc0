import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import type { EpochMetrics } from '../contract/metrics.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

describe('the metrics of a job', () => {
  it('say what each commit made final, how far behind the log it is, and when the job has ended', async () => {
    const { topic } = await playsLog([...plays(50), ...plays(10)]);
    const seen: EpochMetrics[] = [];
    const ended: string[] = [];
    let now = 1_000_000;
    const sink = memorySink<Play>({
      fault(moment) {
        if (moment === 'before commit') now += 40;
      },
    });
    const job = {
      name: 'plays',
      from: topic,
      through: deduplicate<Play>({ by: ({ value }) => String(value.id), within: 1_000 }),
      into: sink,
      atEnd: 'stop',
      epoch: { maxRecords: 25 },
      clock: { now: () => now, sleep: async () => {} },
      metrics: {
        committed: (metrics: EpochMetrics) => seen.push(metrics),
        closed: (name: string, partition: number) => ended.push(`${name}/${partition}`),
        ended: (name: string) => ended.push(name),
      },
    } as const;
    await run(job);
    expect(ended).toEqual(['plays/0', 'plays']);
    expect(seen.map(({ epoch, counts, lag }) => ({ epoch, counts, lag }))).toEqual([
      { epoch: 1, counts: { in: 25, out: 25 }, lag: 35 },
      { epoch: 2, counts: { in: 25, out: 25 }, lag: 10 },
      { epoch: 3, counts: { in: 10, duplicates: 10 }, lag: 0 },
    ]);
    for (const { commitLatency, at, watermarkDelay, stateBytes } of seen) {
      expect(commitLatency).toBeGreaterThanOrEqual(40);
      expect(watermarkDelay).toBeGreaterThanOrEqual(at - 490);
      expect(stateBytes).toBeGreaterThan(0);
    }
    expect(seen[1]?.stateBytes).toBeGreaterThan(seen[0]?.stateBytes ?? 0);

    await topic.publish(plays(5, 50));
    await run(job);
    expect(seen.at(-1)?.stateBytes).toBeGreaterThan(seen[2]?.stateBytes ?? 0);
  });

  it('count nothing of a commit that failed, and end with the job all the same', async () => {
    const { topic } = await playsLog(plays(10));
    const calls: string[] = [];
    const sink = memorySink<Play>({
      fault() {
        throw new Error('down');
      },
    });
    const metrics = {
      committed: () => calls.push('committed'),
      ended: (job: string) => calls.push(`ended ${job}`),
    };
    await expect(
      run({ name: 'plays', from: topic, through: (p$) => p$, into: sink, atEnd: 'stop', metrics }),
    ).rejects.toThrow('down');
    expect(calls).toEqual(['ended plays']);
  });

  it('end a job whose reporter throws, and must be a reporter', async () => {
    const { topic } = await playsLog(plays(10));
    const job = (metrics: { committed(): void }) =>
      run({
        name: 'plays',
        from: topic,
        through: (plays$) => plays$,
        into: memorySink<Play>(),
        atEnd: 'stop',
        metrics,
      });
    const broken = () => {
      throw new Error('no disk');
    };
    await expect(job({ committed: broken })).rejects.toThrow('no disk');
    await expect(job({} as never)).rejects.toThrow('metrics must be a reporter, got {}');
  });
});
