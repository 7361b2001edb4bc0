import { describe, expect, it } from 'vitest';
import { PartitionCountError } from '../contract/errors.ts';
import { assignGrowing } from './assign-growing.ts';
import type { Clock } from './clock.ts';

/** Time that passes when it is told to. */
function steppedClock() {
  let wake = () => {};
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal.onabort = () => resolve();
      }),
  };
  return {
    clock,
    async step() {
      wake();
      await new Promise(setImmediate);
    },
  };
}

/** The partitions that are held, of topics whose numbers of partitions may be changed. */
async function assigned(counts: Record<string, number>) {
  const held: number[] = [];
  const listener = {
    assigned: (partition: number) => void held.push(partition),
    revoked: async (partition: number) => void held.splice(held.indexOf(partition), 1),
  };
  const { clock, step } = steppedClock();
  const failing = { on: false };
  const partitionsOf = async (topic: string) => {
    if (failing.on) throw new Error('no broker answers');
    return counts[topic];
  };
  const assignment = await assignGrowing(Object.keys(counts), partitionsOf, listener, clock);
  return { assignment, held, step, failing };
}

describe('an assignment of partitions that grow', () => {
  it('gets those that are added', async () => {
    const counts = { plays: 2 };
    const { assignment, held, step } = await assigned(counts);
    expect(held).toEqual([0, 1]);
    counts.plays = 4;
    await step();
    expect(held).toEqual([0, 1, 2, 3]);
    await assignment.close();
    await assignment.ended;
    expect(held).toEqual([]);
  });

  it('waits until all topics have them', async () => {
    const counts = { plays: 2, skips: 2 };
    const { assignment, held, step } = await assigned(counts);
    counts.plays = 3;
    await step();
    expect(held).toEqual([0, 1]);
    counts.skips = 3;
    await step();
    expect(held).toEqual([0, 1, 2]);
    await assignment.close();
  });

  it('ends when they stay unequal', async () => {
    const counts = { plays: 2, skips: 2 };
    const { assignment, step } = await assigned(counts);
    const ended = expect(assignment.ended).rejects.toThrow(PartitionCountError);
    counts.plays = 3;
    for (let looks = 0; looks < 13; looks++) await step();
    await ended;
    await assignment.close();
  });

  it('goes on looking when it could not look', async () => {
    const counts = { plays: 1 };
    const { assignment, held, step, failing } = await assigned(counts);
    failing.on = true;
    await step();
    failing.on = false;
    counts.plays = 2;
    await step();
    expect(held).toEqual([0, 1]);
    await assignment.close();
  });
});
