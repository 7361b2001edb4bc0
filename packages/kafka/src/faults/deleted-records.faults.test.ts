import { randomUUID } from 'node:crypto';
import {
  type EventLog,
  type JobOptions,
  OffsetOutOfRangeError,
  run,
  type StreamEvent,
} from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import { naiveCopy } from './naive-copy.ts';
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

const fault = 'records deleted in front of a checkpoint';
const [PUBLISHED, DONE, DELETED] = [1_000, 300, 600];

describeWithOwnKafka(
  'records that are deleted before a job has read them',
  (kafka) => {
    let log: EventLog;
    let from: string;
    let to: string;
    beforeEach(async () => {
      const registry = await registryOfPlays();
      log = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, 1, from, to);
    });
    afterEach(() => log.close());

    const job = (name: string): JobOptions<Play, StreamEvent<Play>> => ({
      name: `${name}-${from}`,
      from: log.topic(from, Play),
      through: trimmed,
      into: kafkaSink(log.topic(to, PlayBySong)),
      atEnd: 'stop',
    });
    const publish = (first: number, end: number) =>
      log.topic(from, Play).publish(plays(end - first, first));
    const deleteRecords = async () => {
      const admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const partitions = [{ partition: 0, offset: String(DELETED) }];
      // So that it knows the topic's leaders.
      await admin.fetchTopicOffsets(from);
      await admin.deleteTopicRecords({ topic: from, partitions });
      await admin.disconnect();
    };
    const landed = async () =>
      (await committedEvents(kafka().brokers, to, Play)).map(({ id, listener, song, at }) =>
        playLine({ id, listener, song: song.trim(), at }),
      );
    const lines = (first: number, end: number) =>
      plays(end - first, first).map((play) => playLine({ ...play, song: play.song.trim() }));

    it('end the job loudly, whatever it retries, and it skips nothing', async ({ task }) => {
      await publish(0, DONE);
      await run(job('clean'));
      await publish(DONE, PUBLISHED);
      await deleteRecords();
      const retrying = {
        ...job('clean'),
        onError: { retry: { attempts: Number.POSITIVE_INFINITY } },
      };
      for (let again = 0; again < 2; again++) {
        const failure = await run(retrying).catch((cause: unknown) => cause);
        expect(failure).toBeInstanceOf(OffsetOutOfRangeError);
        expect((failure as Error).message).toBe(
          `offset ${DONE} of ${from}/0 is outside the log, which holds ${DELETED} to ${PUBLISHED}: ${DELETED - DONE} offsets were deleted before the job had read them. To go on without them and keep the state, run the job with onGap: 'skip'; to start over, give it a new name`,
        );
      }
      expectUnharmed(task, fault, {
        events: PUBLISHED,
        expected: lines(0, DONE),
        actual: await landed(),
      });
    });

    it('are left behind on purpose by a job with a new name, which lands all the rest once', async ({
      task,
    }) => {
      await publish(0, DONE);
      await run(job('clean'));
      await publish(DONE, PUBLISHED);
      await deleteRecords();
      await run(job('clean-2'));
      expectUnharmed(task, fault, {
        events: PUBLISHED,
        expected: [...lines(0, DONE), ...lines(DELETED, PUBLISHED)],
        actual: await landed(),
      });
    });

    it('are counted by a job that may skip them, which lands all the rest once', async ({
      task,
    }) => {
      await publish(0, DONE);
      await run(job('clean'));
      await publish(DONE, PUBLISHED);
      await deleteRecords();
      const { counts } = await run({ ...job('clean'), onGap: 'skip' });
      expect(counts).toMatchObject({ in: PUBLISHED - DELETED, skipped: DELETED - DONE });
      expectUnharmed(task, fault, {
        events: PUBLISHED,
        expected: [...lines(0, DONE), ...lines(DELETED, PUBLISHED)],
        actual: await landed(),
      });
    });

    it('are silently skipped by a consumer that starts wherever it can', async ({ task }) => {
      await publish(0, DONE);
      const copy = { brokers: kafka().brokers, from, to, group: from };
      await naiveCopy({ ...copy, ends: [DONE] });
      await publish(DONE, PUBLISHED);
      await deleteRecords();
      await naiveCopy({ ...copy, ends: [PUBLISHED] });
      expectHarmed(task, fault, 'offset reset', {
        events: PUBLISHED,
        expected: lines(0, PUBLISHED),
        actual: await landed(),
      });
    });
  },
  allowingShortSessions,
);
