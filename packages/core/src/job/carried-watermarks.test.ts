import { Play } from '@streamify/test-kit/plays';
import { map, pipe } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { watermarkRecord } from '../codec/watermark-record.ts';
import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import type { EpochCommit } from '../contract/epoch.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { eventOf } from '../testing/task-driver.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

type Windows = WindowResult<number>;

/** A topic written by the two tasks of job `keyed`. */
async function rekeyed() {
  const log = memoryLog({ now: () => 0 });
  await log.createTopic('plays', { partitions: 1 });
  const topic = log.topic('plays', Play);
  const play = (id: number, at: number) => topic.publish([{ id, listener: 'ann', at }]);
  const carry = (partition: number, watermark: number) =>
    log.publish('plays', [carried({ writer: `keyed/${partition}`, watermark })]);
  return { log, topic, play, carry };
}

const carried = (values: Partial<CarriedWatermark>) =>
  watermarkRecord({ writer: 'keyed/0', writers: 2, watermark: 0, ...values });
const count = { zero: 0, add: (n: number) => n + 1 };
const windows = tumblingWindow<Play, number>(count, { size: 100 });
const jobOf = (
  from: Topic<Play>,
  into: Sink<Windows>,
  options: Partial<JobOptions<Play, Windows>> = {},
): JobOptions<Play, Windows> => ({
  name: 'job',
  from,
  through: (plays$) => plays$.pipe(windows),
  into,
  atEnd: 'stop',
  maxFutureSkew: Number.POSITIVE_INFINITY,
  ...options,
});
const linesOf = (rows: readonly Windows[]) =>
  rows.map(({ start, result }) => `${start}: ${result}`);

/** A backlog of two writers, of which the first is far ahead. */
async function backlog({ carry, play }: Awaited<ReturnType<typeof rekeyed>>): Promise<void> {
  const none = Number.NEGATIVE_INFINITY;
  await carry(0, none);
  for (const at of [10, 110, 210, 310]) await play(at, at);
  await carry(0, 310);
  await carry(1, none);
  for (const at of [20, 120]) await play(at, at);
  await carry(1, 120);
  for (const at of [220, 320]) await play(at, at);
  await carry(1, 320);
}

describe('a topic that carries the watermarks of its writers', () => {
  it('closes windows as the slowest writer goes on, so that nothing of a backlog is late', async () => {
    const keyed = await rekeyed();
    await backlog(keyed);
    const into = memorySink<Windows>();
    const { counts } = await run(jobOf(keyed.topic, into));
    expect(linesOf(into.rows)).toEqual(['0: 2', '100: 2', '200: 2']);
    expect(counts).toEqual({ in: 8, out: 3 });
  });

  it('loses most of that backlog without its watermarks', async () => {
    const { log, topic } = await rekeyed();
    const { play } = { play: (at: number) => topic.publish([{ id: at, listener: 'ann', at }]) };
    for (const at of [10, 110, 210, 310, 20, 120, 220, 320]) await play(at);
    const { counts } = await run(jobOf(log.topic('plays', Play), memorySink<Windows>()));
    expect(counts['late']).toBe(3);
  });

  it('closes no window before every writer has reported', async () => {
    const { topic, play, carry } = await rekeyed();
    await carry(0, 0);
    await play(1, 10);
    await play(2, 1_000);
    await carry(0, 1_000);
    const into = memorySink<Windows>();
    await run(jobOf(topic, into));
    expect(into.rows).toEqual([]);
    await carry(1, 150);
    await run(jobOf(topic, into));
    expect(linesOf(into.rows)).toEqual(['0: 1']);
  });

  it('waits for the writers of each job that feeds it', async () => {
    const { log, topic, play, carry } = await rekeyed();
    await carry(0, 0);
    await carry(1, 0);
    await log.publish('plays', [carried({ writer: 'other/0', writers: 1, watermark: 50 })]);
    await play(1, 10);
    await carry(0, 500);
    await carry(1, 500);
    const into = memorySink<Windows>();
    await run(jobOf(topic, into));
    expect(into.rows).toEqual([]);
    await log.publish('plays', [carried({ writer: 'other/0', writers: 1, watermark: 100 })]);
    await run(jobOf(topic, into));
    expect(linesOf(into.rows)).toEqual(['0: 1']);
  });

  it('does not go back when a writer starts again', async () => {
    const { topic, play, carry } = await rekeyed();
    await carry(0, 100);
    await carry(1, 100);
    await carry(1, Number.NEGATIVE_INFINITY);
    await play(1, 50);
    const { counts } = await run(jobOf(topic, memorySink<Windows>()));
    expect(counts).toEqual({ in: 1, late: 1 });
  });

  it.each([1, 2, 3, 5])('gives the same with a restart every %i records', async (maxRecords) => {
    const keyed = await rekeyed();
    await backlog(keyed);
    const into = memorySink<Windows>();
    for (let restart = 0; restart < 20; restart++) {
      let commits = 0;
      const crash = () => {
        if (++commits === 2) throw new Error('crash');
      };
      const job = jobOf(keyed.topic, into, { epoch: { maxRecords }, onCommit: crash });
      await run(job).catch((cause: unknown) => expect(cause).toEqual(new Error('crash')));
    }
    expect(linesOf(into.rows)).toEqual(['0: 2', '100: 2', '200: 2']);
    expect(into.counts('job')).toEqual({ in: 8, out: 3 });
  });

  it('tells its sink the watermark of each epoch, which is what it was carried', async () => {
    const { topic, play, carry } = await rekeyed();
    const told: number[] = [];
    const stored = memorySink<Windows>();
    const into: Sink<Windows> = {
      ...stored,
      async open(task) {
        expect(task).toEqual({ job: 'job', partition: 0, partitions: 1 });
        const opened = await stored.open(task);
        const commit = (epoch: EpochCommit, ...rest: [Parameters<typeof opened.commit>[1]]) => {
          told.push(epoch.watermark);
          return opened.commit(epoch, ...rest);
        };
        return { ...opened, commit };
      },
    };
    const job = jobOf(topic, into, { epoch: { maxRecords: 1 } });
    await play(1, 7);
    await run(job);
    await carry(0, 500);
    await play(2, 1_000);
    await carry(1, 300);
    await run(job);
    expect(told).toEqual([7, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 300]);
  });

  it('closes the windows of a second operator behind the results that reach it', async () => {
    const { topic, play, carry } = await rekeyed();
    await carry(0, 0);
    await carry(1, 0);
    for (const at of [10, 110]) await play(at, at);
    await carry(0, 400);
    await carry(1, 400);
    const into = memorySink<Windows>();
    const through = pipe(
      windows,
      map(({ key, start, result }: Windows) => eventOf(key, start, result)),
      tumblingWindow<number, number>(
        { zero: 0, add: (sum, { value }) => sum + value },
        { size: 200, name: 'second' },
      ),
    );
    const { counts } = await run(jobOf(topic, into, { through }));
    expect(linesOf(into.rows)).toEqual(['0: 2']);
    expect(counts).toEqual({ in: 2, out: 1 });
  });

  it('forgets ids once its watermark has gone far enough, and not before', async () => {
    const { topic, play, carry } = await rekeyed();
    const into = memorySink<number>();
    const job: JobOptions<Play, number> = {
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(
          deduplicate({ by: ({ value }) => String(value.id), within: 100 }),
          map(({ value }) => value.at),
        ),
      into,
      atEnd: 'stop',
    };
    await carry(0, 0);
    await carry(1, 0);
    await play(1, 10);
    await play(2, 100_000);
    await play(1, 11);
    await carry(0, 250);
    await carry(1, 250);
    await play(1, 12);
    await run(job);
    expect(into.rows).toEqual([10, 100_000, 12]);
    expect(into.counts('job')).toEqual({ in: 4, out: 3, duplicates: 1 });
  });

  it('makes a watermark that cannot be read a dead letter', async () => {
    const { log, topic } = await rekeyed();
    const broken = async (into: EventLog, headers: Record<string, string>) =>
      into.publish('plays', [{ ...carried({}), headers: { ...carried({}).headers, ...headers } }]);
    await broken(log, { 'streamify-watermark': 'soon' });
    await broken(log, { 'streamify-writers': '0' });
    await broken(log, { 'streamify-writer': 'nobody' });
    const into = memorySink<Windows>();
    await run(jobOf(topic, into));
    expect(into.dead.map(({ operator, reason }) => `${operator}: ${reason}`)).toEqual(
      Array(3).fill(expect.stringMatching(/^watermark: cannot read a watermark from the headers/)),
    );
  });
});
