import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import { type Aggregate, tumblingWindow } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { eventsOf } from '../testing/events-of.ts';
import { jobRunner } from '../testing/job-runner.ts';
import { restartSafe } from '../testing/restart-safe.ts';
import { simulateFaults } from '../testing/simulate-faults.ts';
import { run } from './run.ts';

const windowOf = <A>(aggregate: Aggregate<Play, A>): Pipeline<Play, unknown> =>
  tumblingWindow<Play, A>(aggregate, { size: 100, by: () => 'all' });

/** Changes the accumulator that it is given. */
const everyTime = () =>
  windowOf({
    zero: { n: 0 },
    add: (a: { n: number }) => {
      a.n++;
      return a;
    },
  });

/** Leaves `zero` alone, and changes the list that it has made itself. */
const laterOn = () =>
  windowOf<{ ids?: number[] }>({
    zero: {},
    add: ({ ids }, { value }) => {
      if (!ids) return { ids: [value.id] };
      ids.push(value.id);
      if (value.id === 4) throw new Error('poison');
      return { ids };
    },
  });

const found = [
  ['with the first event', everyTime, /the add of tumblingWindow changes its accumulator/],
  [
    'in a test, with a later one',
    laterOn,
    /a value of state tumblingWindow.open was changed in place/,
  ],
] as const;

describe('an aggregate that changes its accumulator', () => {
  it('ends the job with its first event, and nothing is committed', async () => {
    const { topic } = await playsLog(plays(90));
    const into = memorySink<unknown>();
    const job = { name: 'job', from: topic, through: everyTime(), into, epoch: { maxRecords: 10 } };
    const failure = await run({ ...job, atEnd: 'complete' }).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(PipelineError);
    expect(String(failure)).toMatch(/changes its accumulator in place.*Return a new value/);
    expect(into.counts('job')).toEqual({});
    expect([...into.rows, ...into.dead]).toEqual([]);
  });

  it.each(found)('is found by jobRunner: %s', async (_, through, says) => {
    const { topic } = await playsLog([]);
    const job = jobRunner({ from: topic, through: through() });
    await expect(job.push(...plays(9))).rejects.toThrow(says);
    expect(job.counts).toEqual({});
  });

  it.each(found)('is found by restartSafe: %s', async (_, through, says) => {
    const checked = restartSafe(through(), eventsOf(Play, plays(90)), { every: [7] });
    await expect(checked).rejects.toThrow(says);
  });

  it.each(found)('is found by simulateFaults: %s', async (_, through, says) => {
    const { topic } = await playsLog(plays(90));
    const checked = simulateFaults({ name: 'job', from: topic, through: through() }, { seeds: 3 });
    await expect(checked).rejects.toThrow(says);
  });
});
