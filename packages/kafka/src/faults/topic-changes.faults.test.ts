import { randomUUID } from 'node:crypto';
import {
  deduplicate,
  type EventLog,
  run,
  type Sink,
  StateMismatchError,
  startJob,
} from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import { createTopics, Play, plays, registryOfPlays } from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';
import { patient } from './watch-worker.ts';
import { Counted, expectedWindows, listenersJob, topicsOf, windowLine } from './windows.ts';

const PLAYS = 1_500;

/** State that the job does not have, by which it would count less. */
const onceMore = deduplicate<Play>({ by: ({ key }) => key, within: 600_000, name: 'again' });

/** The sink, as if its checkpoints were of another pipeline. */
const unchecked = <T>(into: Sink<T>, amended: (pipeline: string) => string): Sink<T> => ({
  ...into,
  async open({ job, partition }, named) {
    const owner = await into.open({ job, partition }, named);
    const { checkpoint } = owner;
    return {
      checkpoint: checkpoint && { ...checkpoint, pipeline: amended(checkpoint.pipeline) },
      refusal: (row) => owner.refusal(row),
      refusalOf: (output, row) => owner.refusalOf(output, row),
      commit: (commit, output) => owner.commit(commit, output),
      close: () => owner.close(),
    };
  },
});

describeWithOwnKafka(
  'a stateful job',
  (kafka) => {
    let logs: EventLog[];
    let log: EventLog;
    let prefix: string;
    const anotherLog = async () => {
      const registry = await registryOfPlays(Counted.schema);
      const another = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      logs.push(another);
      return another;
    };
    beforeEach(async () => {
      logs = [];
      log = await anotherLog();
      prefix = randomUUID();
      await createTopics(log, 2, topicsOf(prefix).plays, topicsOf(prefix).windows);
    });
    afterEach(async () => {
      for (const each of logs) await each.close();
    });

    const publish = async (first: number, to = log) =>
      to.topic(topicsOf(prefix).plays, Play).publish(plays(PLAYS, first));
    const landed = async () =>
      (await committedEvents(kafka().brokers, topicsOf(prefix).windows, Counted)).map(windowLine);
    const expected = (count: number) => expectedWindows(plays(count), ({ listener }) => listener);

    const addPartitions = async () => {
      const admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const topicPartitions = [{ topic: topicsOf(prefix).plays, count: 4 }];
      await admin.createPartitions({ topicPartitions });
      await admin.disconnect();
    };

    it('refuses a topic that has more partitions than its state is of', async ({ task }) => {
      await publish(0);
      await run({ ...listenersJob(log, prefix), atEnd: 'stop' });
      const before = await landed();
      await addPartitions();
      const later = await anotherLog();
      await publish(PLAYS, later);
      const failing = run({ ...listenersJob(later, prefix), atEnd: 'stop' });
      await expect(failing).rejects.toThrow(StateMismatchError);
      await expect(failing).rejects.toThrow(
        /has state of 2 partitions, and reads 4 now.*give the job a new name/,
      );
      expectUnharmed(task, 'partitions added under a stateful job', {
        events: 2 * PLAYS,
        expected: before,
        actual: await landed(),
      });
    });

    it('would count wrongly if it took that state all the same', async ({ task }) => {
      const job = listenersJob(log, prefix);
      await publish(0);
      await run({ ...job, atEnd: 'stop' });
      await addPartitions();
      const later = await anotherLog();
      await publish(PLAYS, later);
      const { into, ...rest } = listenersJob(later, prefix);
      const amended = (pipeline: string) =>
        JSON.stringify({ ...JSON.parse(pipeline), partitions: 4 });
      await run({ ...rest, into: unchecked(into, amended), atEnd: 'complete' });
      expectHarmed(task, 'partitions added under a stateful job', 'state of other keys', {
        events: 2 * PLAYS,
        expected: expected(2 * PLAYS),
        actual: await landed(),
      });
    });

    it('refuses the new partitions of a topic that grows while it runs', async ({ task }) => {
      let commits = 0;
      const running = startJob({ ...listenersJob(log, prefix), onCommit: () => commits++ });
      running.done.catch(() => {});
      await publish(0);
      await vi.waitUntil(() => commits >= 2, patient);
      const before = await landed();
      await addPartitions();
      const joining = run(listenersJob(await anotherLog(), prefix));
      await expect(joining).rejects.toThrow(StateMismatchError);
      // Who ran before ends as well, once the new partitions come to it.
      await expect(running.done).rejects.toThrow(StateMismatchError);

      await publish(PLAYS, await anotherLog());
      expectUnharmed(task, 'partitions added under a stateful job', {
        events: 2 * PLAYS,
        expected: before,
        actual: await landed(),
      });
    });

    it('refuses a second of its name with another pipeline, and goes on', async ({ task }) => {
      let commits = 0;
      const job = listenersJob(log, prefix);
      const running = startJob({ ...job, epoch: { maxRecords: 50 }, onCommit: () => commits++ });
      running.done.catch(() => {});
      await publish(0);
      await vi.waitUntil(() => commits > PLAYS / 50, patient);

      const other = await anotherLog();
      const through: typeof job.through = (plays$) => job.through(onceMore(plays$));
      const second = run({ ...listenersJob(other, prefix), through });
      await expect(second).rejects.toThrow(StateMismatchError);
      await expect(second).rejects.toThrow(/was saved with|has state of/);

      await vi.waitUntil(() => running.partitions.length === 2, patient);
      await publish(PLAYS);
      await vi.waitUntil(() => commits > (2 * PLAYS) / 50, patient);
      running.stop();
      await running.done;
      await run({ ...job, atEnd: 'complete' });
      expectUnharmed(task, 'two jobs of one name, with different pipelines', {
        events: 2 * PLAYS,
        expected: expected(2 * PLAYS),
        actual: await landed(),
      });
    });

    it('would count by neither pipeline if it took the state of another', async ({ task }) => {
      const { into, ...job } = listenersJob(log, prefix);
      await publish(0);
      await run({ ...job, into, atEnd: 'stop' });
      const other = {
        ...job,
        through: (plays$: Parameters<typeof job.through>[0]) => job.through(onceMore(plays$)),
      };
      const refused = await run({ ...other, into, atEnd: 'stop' }).catch(String);
      const [, names = ''] = /now has \[(.*?)\]/.exec(String(refused)) ?? [];
      const empty = { signature: '', version: '', shape: '' };
      const amended = (pipeline: string) => {
        const { states, ...rest } = JSON.parse(pipeline);
        const stated = names.split(', ').map((name) => [name, states[name] ?? empty]);
        return JSON.stringify({ ...rest, states: Object.fromEntries(stated) });
      };
      await publish(PLAYS);
      await run({ ...other, into: unchecked(into, amended), atEnd: 'complete' });
      const fault = 'two jobs of one name, with different pipelines';
      expectHarmed(task, fault, 'state of another pipeline', {
        events: 2 * PLAYS,
        expected: expected(2 * PLAYS),
        actual: await landed(),
      });
    });
  },
  allowingShortSessions,
);
