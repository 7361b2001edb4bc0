import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkRange } from '../adapter/check-poll.ts';
import { OffsetOutOfRangeError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventLog } from '../contract/event-log.ts';
import type { EpochMetrics } from '../contract/metrics.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);
const idsFrom = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, i) => first + i);

/** The log, whose records before `start` are deleted. */
function withRetention(log: EventLog, start: () => number): EventLog {
  return {
    ...log,
    async reader(topic, partition) {
      const reader = await log.reader(topic, partition);
      const bounds = async () => ({ ...(await reader.bounds()), start: start() });
      return {
        ...reader,
        bounds,
        async poll(request) {
          checkRange(request, { topic, partition }, await bounds());
          return reader.poll(request);
        },
      };
    },
  };
}

/** A job that has read ten of forty plays. */
async function afterTen() {
  const { log, topic } = await playsLog(plays(10));
  let start = 0;
  const into = memorySink<number>();
  const job: JobOptions<Play, number> = {
    name: 'job',
    from: { ...topic, log: withRetention(log, () => start) },
    through: (plays$) => plays$.pipe(ids),
    into,
    atEnd: 'stop',
  };
  await run(job);
  await topic.publish(plays(30, 10));
  return {
    job,
    into,
    deleteBefore(offset: number) {
      start = offset;
    },
  };
}

describe('a job in front of records that were deleted', () => {
  it('ends with the way on', async () => {
    const { job, into, deleteBefore } = await afterTen();
    deleteBefore(30);
    const failing = run({ ...job, onError: { retry: { attempts: 3, firstDelay: 1 } } });
    await expect(failing).rejects.toThrow(OffsetOutOfRangeError);
    await expect(failing).rejects.toThrow(
      "offset 10 of plays/0 is outside the log, which holds 30 to 40: 20 offsets were deleted before the job had read them. To go on without them and keep the state, run the job with onGap: 'skip'; to start over, give it a new name",
    );
    expect(into.rows).toEqual(idsFrom(0, 10));
  });

  it('goes on behind them where it may, and counts them, also in its metrics', async () => {
    const { job, into, deleteBefore } = await afterTen();
    deleteBefore(30);
    const seen: EpochMetrics['counts'][] = [];
    const metrics = { committed: ({ counts }: EpochMetrics) => void seen.push(counts) };
    const { counts } = await run({ ...job, onGap: 'skip', metrics });
    expect(counts).toEqual({ in: 10, out: 10, skipped: 20 });
    expect(seen[0]).toEqual({ skipped: 20 });
    expect(into.rows).toEqual([...idsFrom(0, 10), ...idsFrom(30, 40)]);
    expect((await run(job)).counts).toEqual({});
  });

  it.each(['fail', 'skip'] as const)(
    'does the same when they go while it runs: %s',
    async (onGap) => {
      const { job, into, deleteBefore } = await afterTen();
      const running = run({
        ...job,
        onGap,
        epoch: { maxRecords: 5 },
        onCommit: ({ next }) => next === 15 && deleteBefore(35),
      });
      const outcome = await running.catch((cause: unknown) => cause);
      if (onGap === 'fail') {
        expect(String(outcome)).toMatch(/holds 35 to 40: .*run the job with onGap: 'skip'/);
        return;
      }
      const left = idsFrom(0, 40).filter((id) => !into.rows.includes(id));
      expect(outcome).toMatchObject({ counts: { in: 30 - left.length, skipped: left.length } });
      expect(left.length).toBeGreaterThan(0);
      expect(into.rows.slice(-5)).toEqual(idsFrom(35, 40));
    },
  );

  it('never goes on in front of the end of a log that has become shorter', async () => {
    const { job } = await afterTen();
    const { topic } = await playsLog(plays(5));
    const blind: EventLog = { ...topic.log, topicId: async () => undefined };
    await expect(run({ ...job, from: { ...topic, log: blind }, onGap: 'skip' })).rejects.toThrow(
      'offset 10 of plays/0 is outside the log, which holds 0 to 5: records that the job has read are gone, or this is another log. Restore the log, or give the job a new name, under which it starts over',
    );
  });

  it('refuses what is no way to go on', async () => {
    const { job } = await afterTen();
    await expect(run({ ...job, onGap: 'ignore' as never })).rejects.toThrow(
      'onGap must be fail or skip, got ignore',
    );
  });
});
