import { randomUUID } from 'node:crypto';
import { type CommitReport, type EventLog, run, startJob } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import { endsOf } from './ends-of.ts';
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

const fault = 'broker kill -9, while producing and consuming';
const KILLS = 3;

describeWithOwnKafka(
  'a broker that is killed and started again',
  (kafka) => {
    let log: EventLog;
    let from: string;
    let to: string;
    beforeEach(async () => {
      log = kafkaLog({
        brokers: kafka().brokers,
        registry: await registryOfPlays(),
        group: shortSessions,
      });
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, 3, from, to);
    });
    afterEach(() => log.close());

    const published = async (topic: string) =>
      (await committedEvents(kafka().brokers, topic, Play)).map(playLine);

    it('costs neither who publishes nor a job anything', async ({ task }) => {
      const lastCommits = new Map<number, number>();
      let commits = 0;
      const job = {
        name: `clean-${from}`,
        from: log.topic(from, Play),
        through: trimmed,
        into: kafkaSink(log.topic(to, PlayBySong)),
        epoch: { maxRecords: 40 },
        onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 500 } },
        onCommit: ({ partition }: CommitReport) => lastCommits.set(partition, ++commits),
      } as const;

      /** Resolves when each task has committed, and all of them so often, from now on. */
      const allAtWork = async (times: number) => {
        const now = commits;
        const isAtWork = () =>
          commits >= now + times && [0, 1, 2].every((each) => (lastCommits.get(each) ?? 0) > now);
        await vi.waitUntil(isAtWork, { timeout: 60_000, interval: 1 });
      };

      let events = 0;
      let isOver = false;
      const publishing = (async () => {
        for (; !isOver; events += 10) await log.topic(from, Play).publish(plays(10, events));
      })();
      const running = startJob(job);
      // What fails is thrown below.
      for (const each of [publishing, running.done]) each.catch(() => {});
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          await allAtWork(7 + ((kill * 13) % 20));
          await kafka().kill('SIGKILL');
          await kafka().restart();
        }
        await allAtWork(1);
      } finally {
        isOver = true;
        await publishing;
        running.stop();
        await running.done;
      }
      await run({ ...job, atEnd: 'stop' });

      const sent = plays(events);
      const cleaned = sent.map((play) => playLine({ ...play, song: play.song.trim() }));
      const expected = [...sent.map(playLine), ...cleaned];
      const actual = [...(await published(from)), ...(await published(to))];
      expectUnharmed(task, fault, { events, expected, actual });
    });

    it('repeats events where offsets are committed behind what was produced', async ({ task }) => {
      const sent = plays(2_000);
      await log.topic(from, Play).publish(sent);
      let killed = false;
      await naiveCopy({
        brokers: kafka().brokers,
        from,
        to,
        group: from,
        ends: await endsOf(log, from),
        async produced() {
          if (killed) return;
          killed = true;
          await kafka().kill('SIGKILL');
          void kafka().restart();
        },
      });
      const actual = await published(to);
      const expected = sent.map(playLine);
      const control = 'offsets committed behind';
      expectHarmed(task, fault, control, { events: sent.length, expected, actual });
    });
  },
  allowingShortSessions,
);
