import { randomUUID } from 'node:crypto';
import { type EventLog, type JobOptions, run } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import {
  createTopics,
  Play,
  PlayBySong,
  playLine,
  plays,
  registryOfPlays,
  trimmed,
} from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';

type RunOptions = Partial<
  Pick<JobOptions<Play, unknown>, 'name' | 'partitions' | 'abort' | 'onCommit'>
>;

const PLAYS = 3_000;
const RUNS = 'two runs at once of a job that ends by itself';

describeWithOwnKafka(
  RUNS,
  (kafka) => {
    let logs: EventLog[];
    let from: string;
    let to: string;
    const anotherLog = async () => {
      const registry = await registryOfPlays();
      const log = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      logs.push(log);
      return log;
    };
    beforeEach(async () => {
      logs = [];
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      const log = await anotherLog();
      await createTopics(log, 6, from, to);
      await log.topic(from, Play).publish(plays(PLAYS));
    });
    afterEach(async () => {
      for (const log of logs) await log.close();
    });

    /** Runs the job once, on connections of its own. */
    const runOnce = async (options: RunOptions = {}) => {
      const log = await anotherLog();
      return run({
        name: `clean-${from}`,
        from: log.topic(from, Play),
        through: trimmed,
        into: kafkaSink(log.topic(to, PlayBySong)),
        atEnd: 'stop',
        epoch: { maxRecords: 40 },
        ...options,
      });
    };
    const result = async () => ({
      events: PLAYS,
      expected: plays(PLAYS).map((play) => playLine({ ...play, song: play.song.trim() })),
      actual: (await committedEvents(kafka().brokers, to, Play)).map(playLine),
    });
    const inOf = ({ counts }: { readonly counts: Readonly<Record<string, number>> }) =>
      counts['in'] ?? 0;

    it('end with all done by the later one, and a sentence for the other', async ({ task }) => {
      const runs = await Promise.allSettled([runOnce(), runOnce()]);
      const failures = runs.filter((each) => each.status === 'rejected');
      expect(failures.length).toBeLessThan(2);
      for (const { reason } of failures)
        expect(String(reason)).toContain(`another process has taken job clean-${from} over`);
      expectUnharmed(task, RUNS, await result());
    });

    it('share the partitions where they are told to', async ({ task }) => {
      const runs = await Promise.all([
        runOnce({ partitions: 'shared' }),
        runOnce({ partitions: 'shared' }),
      ]);
      expect(runs.reduce((sum, each) => sum + inOf(each), 0)).toBe(PLAYS);
      expectUnharmed(task, `${RUNS}, shared`, await result());
    });

    it('end with all done where one of those that share dies', async ({ task }) => {
      const abort = new AbortController();
      let other: Promise<unknown> | undefined;
      // The other begins while this one has a share, of which it leaves most undone.
      const onCommit = () => {
        other ??= runOnce({ partitions: 'shared' });
        abort.abort(new Error('killed'));
      };
      const dying = runOnce({ partitions: 'shared', abort: abort.signal, onCommit });
      await expect(dying).rejects.toThrow('killed');
      await other;
      expectUnharmed(task, `${RUNS}, shared, one dies`, await result());
    });

    it('would deliver everything twice with a checkpoint each', async ({ task }) => {
      await Promise.all([runOnce({ name: `one-${from}` }), runOnce({ name: `other-${from}` })]);
      expectHarmed(task, RUNS, 'a checkpoint each', await result());
    });
  },
  allowingShortSessions,
);
