import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { cleanWhile } from './clean-while.ts';
import { committedEvents, committedRecords } from './committed-records.ts';
import { createTopics, Play, playLine, plays, registryOfPlays } from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';

const fault = 'broker stalled by SIGSTOP, longer than requests wait';
const STALLS = 2;
const requestTimeout = 2_000;

describeWithOwnKafka(
  'a broker that is stopped for longer than requests wait, and goes on',
  (kafka) => {
    let log: EventLog;
    let from: string;
    let to: string;
    beforeEach(async () => {
      const registry = await registryOfPlays();
      log = kafkaLog({ brokers: kafka().brokers, registry, requestTimeout, group: shortSessions });
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, 3, from, to);
    });
    afterEach(() => log.close());

    const stall = async (meanwhile: () => Promise<unknown> = async () => {}) => {
      await kafka().kill('SIGSTOP');
      const work = meanwhile();
      try {
        await delay(2.5 * requestTimeout);
      } finally {
        await kafka().kill('SIGCONT');
      }
      await work;
    };
    const landed = async (topic: string) =>
      (await committedEvents(kafka().brokers, topic, Play)).map(playLine);

    it('costs neither who publishes nor a job anything', async ({ task }) => {
      const cleaned = await cleanWhile({ log, from, to }, async (allAtWork) => {
        for (let times = 0; times < STALLS; times++) {
          await allAtWork(10);
          await stall();
        }
      });
      const actual = [...(await landed(from)), ...(await landed(to))];
      expectUnharmed(task, fault, { ...cleaned, actual });
    });

    it('stores records twice of a producer that is not idempotent', async ({ task }) => {
      const sent = plays(500);
      const ours = new Kafka({
        brokers: kafka().brokers,
        requestTimeout,
        logLevel: logLevel.NOTHING,
      });
      const producer = ours.producer();
      await producer.connect();
      const messages = sent.map((play) => ({ key: String(play.id), value: playLine(play) }));
      await producer.send({ topic: to, messages: messages.slice(0, 1) });
      await stall(() => producer.send({ topic: to, messages: messages.slice(1) }));
      await producer.disconnect();
      const found = await committedRecords(kafka().brokers, to);
      expectHarmed(task, fault, 'no idempotence', {
        events: sent.length,
        expected: sent.map(playLine),
        actual: found.map(({ value }) => String(value)),
      });
    });
  },
  allowingShortSessions,
);
