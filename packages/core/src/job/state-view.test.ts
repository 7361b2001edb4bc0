import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { startJob } from './run.ts';

describe('the state of a running job', () => {
  it('can be read from outside, and is gone when the job has ended', async () => {
    const { topic } = await playsLog(plays(20));
    const looks: unknown[] = [];
    const job = startJob<Play, WindowResult<number>>({
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size: 1_000 })),
      into: memorySink(),
      onCommit() {
        const state = job.state(0);
        const open = state?.keyed<number>('tumblingWindow.open');
        looks.push(state?.names, open?.get(0, 'u1'), open?.segments(), open?.size(0));
        expect(open?.entries(0).map(([key]) => key)).toEqual([
          'u0',
          'u1',
          'u2',
          'u3',
          'u4',
          'u5',
          'u6',
        ]);
        expect(() => state?.keyed('sessions')).toThrow(OptionError);
        expect(() => state?.keyed('sessions')).toThrow('there is no state sessions, only tumbling');
        expect(job.state(1)).toBeUndefined();
        job.stop();
      },
    });
    await job.done;
    expect(looks).toEqual([['tumblingWindow.open', 'tumblingWindow.watermark'], 3, [0], 7]);
    expect(job.state(0)).toBeUndefined();
  });
});
