import { Play } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow } from '../operators/tumbling-window.ts';
import { jobRunner } from './job-runner.ts';

const from = memoryLog().topic('plays', Play);
const play = (at: number, listener = 'ann'): Play => ({ id: at, listener, at });
const through = tumblingWindow<Play, number>(
  { zero: 0, add: (n: number) => n + 1 },
  { size: 100, lateness: 10 },
);

describe('jobRunner', () => {
  it('gives rows, side outputs, dead letters and counts as they are committed', async () => {
    const job = jobRunner({ from, through });
    await job.push(play(10), play(20, 'bob'), play(99));
    expect(job.rows).toEqual([]);
    await job.push(play(115), play(5));
    expect(job.rows).toEqual([
      { key: 'ann', start: 0, end: 100, result: 2 },
      { key: 'bob', start: 0, end: 100, result: 1 },
    ]);
    expect(job.aside('tumblingWindow.late')).toMatchObject([{ key: 'ann', time: 5 }]);
    expect(job.aside('other')).toEqual([]);
    expect(job.counts).toEqual({ in: 5, late: 1, out: 2 });
    expect(job.watermark).toBe(115);
    await job.complete();
    expect(job.rows.length).toBe(3);
  });

  it('goes on behind a restart from what was committed', async () => {
    const job = jobRunner({ from, through });
    await job.push(play(10), play(20));
    job.restart();
    await job.push(play(110));
    job.restart();
    expect(job.rows).toEqual([{ key: 'ann', start: 0, end: 100, result: 2 }]);
  });

  it('loses in a restart what no checkpoint holds', async () => {
    let seen = 0;
    const job = jobRunner({
      from,
      through: (plays$) => {
        seen = 0;
        return plays$.pipe(map(() => ++seen));
      },
    });
    await job.push(play(1), play(2));
    job.restart();
    await job.push(play(3));
    expect(job.rows).toEqual([1, 2, 1]);
  });

  it('moves time by the clock in a job that is to', async () => {
    const job = jobRunner({ from, through, idleAfter: 1_000 });
    await job.push(play(10));
    await job.advance(999);
    expect(job.rows).toEqual([]);
    await job.advance(500);
    expect(job.now).toBe(1_509);
    expect(job.watermark).toBe(509);
    expect(job.rows).toEqual([{ key: 'ann', start: 0, end: 100, result: 1 }]);
  });

  it('leaves time alone in a job that has no idleAfter', async () => {
    const job = jobRunner({ from, through });
    await job.push(play(10));
    await job.advance(1e9);
    expect(job.watermark).toBe(10);
    expect(job.rows).toEqual([]);
  });

  it('refuses events ahead of a clock that was set, and values that do not fit', async () => {
    const job = jobRunner({ from, through, maxFutureSkew: 50 }, { now: 1 });
    await job.push(play(51), play(52));
    await job.advance(1);
    await job.push(play(52));
    expect(job.dead).toMatchObject([{ operator: 'time', position: { offset: 1 } }]);
    expect(job.dead[0]?.raw.length).toBeGreaterThan(5);
    await expect(job.push(play(3), { ...play(1), id: 'one' as never })).rejects.toThrow(
      'cannot encode Play',
    );
    await job.push(play(50));
    expect(job.counts).toEqual({ in: 4, dead: 1, ahead: 3 });
  });
});
