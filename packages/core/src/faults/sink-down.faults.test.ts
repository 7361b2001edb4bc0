import { playsLog, type Result, troubledPipeline, troubledPlays } from '@streamify/test-kit/plays';
import { beforeAll, describe, expect, it } from 'vitest';
import { JOB, linesOf, undisturbed } from '../fixtures/delivered.ts';
import { virtualClock } from '../fixtures/virtual-clock.ts';
import { run } from '../job/run.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { faultySink } from '../testing/fault-switches.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';

const fault = 'sink down for 10 minutes, then slow, replies lost';
const plays = troubledPlays(2_000);
const MINUTE = 60_000;

let expected: readonly string[];
beforeAll(async () => {
  expected = await undisturbed(plays);
});

/** Runs the job against a sink that fails for minutes, then answers slowly, and loses every fifth reply. */
async function deliver(retries: number) {
  const clock = virtualClock();
  const stored = memorySink<Result>();
  const never = new AbortController().signal;
  let commits = 0;
  const into = faultySink(stored, async (moment) => {
    const down = commits >= 10 && clock.now() < 10 * MINUTE;
    if (moment === 'before commit' && !down && commits >= 10) await clock.sleep(5_000, never);
    if (down) throw new Error('connection refused');
    if (moment === 'after commit' && ++commits % 5 === 0) throw new Error('connection reset');
  });
  const { topic } = await playsLog(plays);
  const error = await run({
    name: JOB,
    from: topic,
    through: troubledPipeline,
    into,
    atEnd: 'complete',
    epoch: { maxRecords: 20 },
    onError: retries === 0 ? 'fail' : { retry: { attempts: retries, maxDelay: MINUTE } },
    clock,
  }).then(
    () => undefined,
    (cause: Error) => cause.message,
  );
  const { rows, aside, dead } = stored;
  const actual = linesOf({ rows, aside, dead, counts: stored.counts(JOB) });
  return {
    error,
    outcome: { events: plays.length, expected, actual },
    minutes: clock.now() / MINUTE,
  };
}

describe('a sink that is down for a while, then slow', () => {
  it('gets everything once from a job that retries', async ({ task }) => {
    const { error, outcome, minutes } = await deliver(Number.POSITIVE_INFINITY);
    expect(error).toBeUndefined();
    expect(minutes).toBeGreaterThan(10);
    expectUnharmed(task, fault, outcome);
  });

  it('gets the beginning only from a job that gives up', async ({ task }) => {
    const { error, outcome } = await deliver(0);
    expect(error).toBe('connection reset');
    expectHarmed(task, fault, 'no retries', outcome);
  });
});
