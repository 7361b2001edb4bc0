import { randomUUID } from 'node:crypto';
import type { EventLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, it } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { cleanWhile } from './clean-while.ts';
import { committedEvents } from './committed-records.ts';
import { endsOf } from './ends-of.ts';
import { naiveCopy } from './naive-copy.ts';
import { createTopics, Play, playLine, plays, registryOfPlays } from './plays.ts';
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
      const cleaned = await cleanWhile({ log, from, to }, async (allAtWork) => {
        for (let kill = 0; kill < KILLS; kill++) {
          await allAtWork(7 + ((kill * 13) % 20));
          await kafka().kill('SIGKILL');
          await kafka().restart();
        }
      });
      const actual = [...(await published(from)), ...(await published(to))];
      expectUnharmed(task, fault, { ...cleaned, actual });
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
