import { Play, plays, playsLog, publishPlays } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { TopicRecreatedError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { EventLog } from '../contract/event-log.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);

/** A job that has read eight plays, of a topic that was made again since with `count` others. */
async function afterRecreation(count: number) {
  const { log, topic } = await playsLog(plays(8));
  const into = memorySink<number>();
  const job: JobOptions<Play, number> = {
    name: 'job',
    from: topic,
    through: (plays$) => plays$.pipe(ids),
    into,
    atEnd: 'stop',
  };
  await run(job);
  await recreate(log, count);
  return { log, into, job };
}

async function recreate(log: EventLog, count: number): Promise<void> {
  await log.deleteTopic('plays');
  await publishPlays(log, plays(count, 100));
}

const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => first + i);

describe('a job whose topic was deleted and made again', () => {
  it.each([3, 8, 20])(
    'refuses it when it has %i records, and reads none of them',
    async (count) => {
      const { into, job } = await afterRecreation(count);
      const failing = run({ ...job, onError: { retry: { attempts: 3, firstDelay: 1 } } });
      await expect(failing).rejects.toThrow(TopicRecreatedError);
      await expect(failing).rejects.toThrow(
        "topic plays was deleted and made again since job job got to offset 8 of plays/0, which the topic of that name now has for other records: give the job a new name, under which it starts over, or run it once with onRecreatedTopic: 'restart', which keeps its state and reads the new topic from startAt on",
      );
      expect(into.rows).toEqual(idsFrom(0, 8));
    },
  );

  it('reads all of it when it has to start it over, once, and counts that', async () => {
    const { into, job } = await afterRecreation(20);
    const restarting = { ...job, onRecreatedTopic: 'restart' } as const;
    const first = await run({ ...restarting, epoch: { maxRecords: 5 } });
    expect(first.counts).toEqual({ in: 20, out: 20, recreated: 1 });
    expect((await run(restarting)).counts).toEqual({});
    expect((await run(job)).counts).toEqual({});
    expect(into.rows).toEqual([...idsFrom(0, 8), ...idsFrom(100, 20)]);
  });

  it('starts it over where startAt says, and is there though it crashes before its first event', async () => {
    const { log, into, job } = await afterRecreation(20);
    await run({ ...job, onRecreatedTopic: 'restart', startAt: 'latest' });
    await log.topic('plays', Play).publish(plays(2, 200));
    await run(job);
    expect(into.rows).toEqual([...idsFrom(0, 8), 200, 201]);
  });

  it('keeps its state when it starts it over', async () => {
    const { log, topic } = await playsLog(plays(8));
    const into = memorySink<WindowResult<number>>();
    const job: JobOptions<Play, WindowResult<number>> = {
      name: 'job',
      from: topic,
      through: tumblingWindow<Play, number>(
        { zero: 0, add: (n) => n + 1 },
        { size: 10_000, by: () => 'all' },
      ),
      into,
      atEnd: 'stop',
    };
    await run(job);
    await recreate(log, 5);
    await run({ ...job, onRecreatedTopic: 'restart', atEnd: 'complete' });
    expect(into.rows).toMatchObject([{ result: 13 }]);
  });

  it('refuses it where it is one of several inputs', async () => {
    const { log, topic } = await playsLog(plays(8));
    await log.createTopic('others', { partitions: 1 });
    const others = log.topic('others', Play);
    await others.publish(plays(8, 50));
    const into = memorySink<number>();
    const job = {
      name: 'merged',
      from: { plays: topic, others },
      through: map(({ value }: StreamEvent<Play>) => value.id),
      into,
      atEnd: 'stop',
    } as const;
    await run(job);
    await log.deleteTopic('others');
    await log.createTopic('others', { partitions: 1 });
    await others.publish(plays(20, 100));
    await expect(run(job)).rejects.toThrow(
      /^topic others was deleted and made again since job merged/,
    );
    expect(into.rows).toHaveLength(16);
    const { counts } = await run({ ...job, onRecreatedTopic: 'restart' });
    expect(counts).toEqual({ in: 20, out: 20, recreated: 1 });
  });

  it('goes on in it where its log cannot tell topics apart', async () => {
    const { log, topic } = await playsLog(plays(8));
    const blind: EventLog = { ...log, topicId: async () => undefined };
    const into = memorySink<number>();
    const job: JobOptions<Play, number> = {
      name: 'job',
      from: { ...topic, log: blind },
      through: (plays$) => plays$.pipe(ids),
      into,
      atEnd: 'stop',
    };
    await run(job);
    await recreate(log, 10);
    await run(job);
    expect(into.rows).toEqual([...idsFrom(0, 8), 108, 109]);
  });

  it('refuses what is no way to go on', async () => {
    const { job } = await afterRecreation(1);
    await expect(run({ ...job, onRecreatedTopic: 'ignore' as never })).rejects.toThrow(
      'onRecreatedTopic must be fail or restart, got ignore',
    );
  });
});
