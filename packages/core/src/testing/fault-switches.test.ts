import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { run } from '../job/run.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { faultyLog, faultySink } from './fault-switches.ts';

describe('fault switches', () => {
  it('fail a sink where they are thrown: before a commit nothing is stored, behind it everything', async () => {
    const { topic } = await playsLog(plays(10));
    for (const [moment, stored] of [
      ['before open', 0],
      ['before commit', 0],
      ['after commit', 10],
    ] as const) {
      const sink = memorySink<Play>();
      const faulty = faultySink(sink, (at, { job }) => {
        if (at === moment) throw new Error(`${job} fails ${moment}`);
      });
      const running = run({
        name: 'plays',
        from: topic,
        through: (plays$) => plays$,
        into: faulty,
        atEnd: 'stop',
      });
      await expect(running).rejects.toThrow(`plays fails ${moment}`);
      expect(sink.rows.length).toBe(stored);
    }
  });

  it('fail a log, and topics made from it', async () => {
    const { log } = await playsLog(plays(10));
    const moments: string[] = [];
    const faulty = faultyLog(log, (moment, name) => {
      moments.push(`${moment} ${name}`);
      if (moment === 'after publish') throw new Error('reply lost');
    });
    const topic = faulty.topic('plays', Play);
    await expect(topic.publish(plays(5, 10))).rejects.toThrow('reply lost');
    const sink = memorySink<Play>();
    await run({
      name: 'plays',
      from: topic,
      through: (plays$) => plays$,
      into: sink,
      atEnd: 'stop',
    });
    expect(sink.rows.length).toBe(15);
    expect(new Set(moments)).toEqual(
      new Set(['before publish plays', 'after publish plays', 'before poll plays']),
    );
  });
});
