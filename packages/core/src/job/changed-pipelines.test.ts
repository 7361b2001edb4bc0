import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError, StateMismatchError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { operator } from '../operator-kit/operator.ts';
import { output } from '../operator-kit/output.ts';
import { useState } from '../operator-kit/use-state.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { route } from '../operators/route.ts';
import { type Aggregate, tumblingWindow } from '../operators/tumbling-window.ts';
import { type MemorySink, memorySink } from '../sink/memory/memory-sink.ts';
import type { Pipeline } from '../task/pipeline.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

const waysOn =
  "drain it, by a run of the old pipeline with atEnd 'complete', which closes windows; or give the job a new name, under which it starts over";

/** Runs one pipeline over the first half of the plays of a log, and a changed one over the rest. */
async function changed(
  before: Pipeline<Play, unknown>,
  after: Pipeline<Play, unknown>,
  { into = memorySink<unknown>(), atEnd = 'stop' as JobOptions<Play, unknown>['atEnd'] } = {},
) {
  const { log, topic } = await playsLog(plays(30), 1);
  await run({ name: 'job', from: topic, through: before, into, ...(atEnd && { atEnd }) });
  const start = into.rows.length;
  await log.topic('plays', Play).publish(plays(30, 30));
  const job: JobOptions<Play, unknown> = { name: 'job', from: topic, through: after, into };
  return { again: () => run({ ...job, atEnd: 'complete' }), rows: () => into.rows.slice(start) };
}

const windowOf =
  <A>(
    aggregate: Aggregate<Play, A>,
    options: { size?: number; by?: () => string; version?: number } = {},
  ): Pipeline<Play, unknown> =>
  (plays$) =>
    plays$.pipe(tumblingWindow(aggregate, { size: 1_000_000, by: () => 'all', ...options }));
const counted = { zero: { n: 0 }, add: ({ n }: { n: number }) => ({ n: n + 1 }) };
const summed = {
  zero: { n: 0, sum: 0 },
  add: ({ n, sum }: { n: number; sum: number }, { value }: StreamEvent<Play>) => ({
    n: n + 1,
    sum: sum + value.id,
  }),
};
const results = (rows: readonly unknown[]) =>
  rows.map((row) => (row as { result: unknown }).result);

describe('a job whose state was saved by another pipeline', () => {
  const shapes: [string, Pipeline<Play, unknown>, Pipeline<Play, unknown>, string][] = [
    [
      'a field more',
      windowOf(counted),
      windowOf(summed),
      'job job: state tumblingWindow.open was saved with shape {n: number}, and now has shape {n: number, sum: number}: migrate it, by the option migrate of its operator; ',
    ],
    [
      'a record for a number',
      windowOf({ zero: 0, add: (n) => n + 1 }),
      windowOf(counted),
      'job job: state tumblingWindow.open was saved with shape number, and now has shape {n: number}: migrate it, by the option migrate of its operator; ',
    ],
    [
      'another version',
      windowOf(counted),
      windowOf(counted, { version: 2 }),
      'job job: state tumblingWindow.open was saved with no version, and now has version 2: migrate it, by the option migrate of its operator; ',
    ],
    [
      'another size',
      windowOf(counted),
      windowOf({ ...counted, migrate: () => ({ n: 0 }) }, { size: 999_999 }),
      'job job: state tumblingWindow.open was saved with size 1000000, and now has size 999999: go back to what it was; ',
    ],
    [
      'other ids',
      (plays$) => plays$.pipe(deduplicate({ by: ({ value }) => value.id, within: 1_000 })),
      (plays$) =>
        plays$.pipe(deduplicate({ by: ({ value }) => `${value.id}`, within: 1_000, version: 2 })),
      'job job: state deduplicate.seen was saved with no version, and now has version 2: migrate it, by the option migrate of its operator; ',
    ],
  ];
  it.each(shapes)('is refused with %s, and commits nothing', async (_, before, after, start) => {
    const { again, rows } = await changed(before, after);
    await expect(again()).rejects.toThrow(StateMismatchError);
    await expect(again()).rejects.toThrow(`${start}${waysOn}`);
    expect(rows()).toEqual([]);
  });

  it('goes on when the shape is the same', async () => {
    const { again, rows } = await changed(windowOf(counted), windowOf({ ...counted }));
    await again();
    expect(results(rows())).toEqual([{ n: 60 }]);
  });

  it('goes on with what migrate makes of it, and migrates once', async () => {
    const migrated: unknown[] = [];
    const { again, rows } = await changed(
      windowOf(counted),
      windowOf({
        ...summed,
        migrate(saved, { key, start }) {
          migrated.push([saved, key, start]);
          return { ...(saved as { n: number }), sum: 435 };
        },
      }),
    );
    await again();
    expect(migrated).toEqual([[{ n: 30 }, 'all', 0]]);
    expect(results(rows())).toEqual([{ n: 60, sum: (59 * 60) / 2 }]);
  });

  it('never reads old values as new ones after a crash behind the migration', async () => {
    let failing = false;
    let commits = 0;
    const into: MemorySink<unknown> = memorySink<unknown>({
      fault(moment) {
        if (failing && moment === 'before commit' && ++commits === 2) throw new Error('crash');
      },
    });
    const after = windowOf({
      ...summed,
      migrate: (saved) => ({ ...(saved as { n: number }), sum: 435 }),
    });
    const { again, rows } = await changed(windowOf(counted), after, { into });
    failing = true;
    await expect(again()).rejects.toThrow('crash');
    await again();
    expect(results(rows())).toEqual([{ n: 60, sum: (59 * 60) / 2 }]);
  });

  it('forgets what migrate gives undefined for', async () => {
    const { again, rows } = await changed(
      windowOf(counted),
      windowOf({ ...summed, migrate: () => undefined }),
    );
    await again();
    expect(results(rows())).toEqual([{ n: 30, sum: 1_335 }]);
  });

  it.each([
    [() => ({ n: 1 }), 'gives key "all" a value without sum, which new values have'],
    [
      () => {
        throw new Error('no');
      },
      'threw at key "all": no; mend migrate, nothing was committed',
    ],
  ])('refuses a migration that cannot be right', async (migrate, message) => {
    const { again, rows } = await changed(
      windowOf(counted),
      windowOf({ ...summed, migrate: migrate as never }),
    );
    await expect(again()).rejects.toThrow(PipelineError);
    await expect(again()).rejects.toThrow(message);
    expect(rows()).toEqual([]);
  });

  it('goes on once the old pipeline is drained', async () => {
    const { again, rows } = await changed(windowOf(counted), windowOf(summed), {
      atEnd: 'complete',
    });
    await again();
    expect(results(rows())).toEqual([{ n: 30, sum: 1_335 }]);
  });

  it('knows ids again that migrate makes of old ones', async () => {
    const { log, topic } = await playsLog(plays(10), 1);
    const into = memorySink<unknown>();
    const job: JobOptions<Play, unknown> = {
      name: 'job',
      from: topic,
      through: (p$) => p$.pipe(deduplicate({ by: ({ value }) => value.id, within: 1e9 })),
      into,
      atEnd: 'stop',
    };
    await run(job);
    await log.topic('plays', Play).publish(plays(20));
    await run({
      ...job,
      through: (p$) =>
        p$.pipe(
          deduplicate({
            by: ({ value }) => `play ${value.id}`,
            within: 1e9,
            version: 2,
            migrate: (id) => `play ${String(id)}`,
          }),
        ),
    });
    expect(into.rows).toEqual(plays(20));
  });

  it('notices the initial value of useState, and migrates it', async () => {
    const last = <V>(initial: V, migrate?: (saved: unknown) => V): Pipeline<Play, unknown> =>
      operator((rows) => {
        const state = useState<V>('last', initial, migrate ? { migrate } : {});
        return {
          next: () => {
            rows.next(state.current);
            state.current = { ...state.current };
          },
        };
      });
    const refused = await changed(last({ n: 7 }), last({ n: 0, at: 1 }));
    await expect(refused.again()).rejects.toThrow(
      'state last was saved with shape {n: number}, and now has shape {at: number, n: number}',
    );
    const migrating = last({ n: 0, at: 1 }, (saved) => ({ ...(saved as { n: number }), at: 2 }));
    const { again, rows } = await changed(last({ n: 7 }), migrating);
    await again();
    expect(rows()[0]).toEqual({ n: 7, at: 2 });
  });
});

describe('a job whose rows went elsewhere', () => {
  const refunds = output<StreamEvent<Play>>('refunds');
  const routed: Pipeline<Play, unknown> = (p$) =>
    p$.pipe(route(refunds, ({ value }) => value.id % 2 === 0));

  it('is refused with both tables and the way out, and fills neither', async () => {
    const { topic } = await playsLog(plays(4), 1);
    const first = memorySink<unknown>();
    const second = first.table<unknown>();
    const job = { name: 'job', from: topic, through: map((x) => x), atEnd: 'stop' } as const;
    await run<Play, unknown>({ ...job, into: first });
    const moved = run<Play, unknown>({ ...job, into: second });
    await expect(moved).rejects.toThrow(StateMismatchError);
    await expect(moved).rejects.toThrow(
      'job job put its rows into table 1 before, and now into table 2, which would stay without what is done already: go back to table 1, or give the job a new name, under which it starts over',
    );
    await run<Play, unknown>({ ...job, name: 'job 2', into: second });
    expect(second.rows).toEqual(plays(4));
  });

  it('is refused with a named output that goes elsewhere, and not with a new one', async () => {
    const { log, topic } = await playsLog(plays(4), 1);
    const into = memorySink<unknown>();
    const [one, other] = [into.table<Play>(), into.table<Play>()];
    const job = { name: 'job', from: topic, into, atEnd: 'stop' } as const;
    await run<Play, unknown>({ ...job, through: (p$) => p$ });
    await log.topic('plays', Play).publish(plays(4, 4));
    const withOutput = { ...job, through: routed };
    await run<Play, unknown>({ ...withOutput, outputs: [refunds.into(one)] });
    for (const [route, name] of [
      [refunds.into(other), 'table 3'],
      [refunds.asJson(), 'the elements kept as JSON'],
    ] as const)
      await expect(run<Play, unknown>({ ...withOutput, outputs: [route] })).rejects.toThrow(
        `job job put its output refunds into table 2 before, and now into ${name}`,
      );
  });
});
