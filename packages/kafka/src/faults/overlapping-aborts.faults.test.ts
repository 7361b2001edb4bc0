import { randomUUID } from 'node:crypto';
import { type EventLog, run } from '@streamify/core';
import { avroEncoder } from '@streamify/core/adapter';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import type { Kafka as KafkaJs } from 'kafkajs';
import { afterEach, beforeEach, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents, plainConsumer } from './committed-records.ts';
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

const fault = 'aborted transactions that overlap';
const PLAYS = 200;

describeWithOwnKafka(
  'transactions that overlap, some of which are aborted',
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
      await publishInTransactions(
        new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }),
        from,
      );
    });
    afterEach(() => log.close());

    const kept = plays(PLAYS).filter(({ id }) => id % 5 === 4);

    it('leave to a job what is committed, and nothing else', async ({ task }) => {
      await run({
        name: `clean-${from}`,
        from: log.topic(from, Play),
        through: trimmed,
        into: kafkaSink(log.topic(to, PlayBySong)),
        atEnd: 'stop',
      });
      expectUnharmed(task, fault, {
        events: PLAYS,
        expected: kept.map((play) => playLine({ ...play, song: play.song.trim() })),
        actual: (await committedEvents(kafka().brokers, to, Play)).map(playLine),
      });
    });

    it('show some of what was aborted to a plain consumer of kafkajs', async ({ task }) => {
      const read = await committedEvents(kafka().brokers, from, Play, plainConsumer);
      expectHarmed(task, fault, 'plain consumer of kafkajs', {
        events: PLAYS,
        expected: kept.map(playLine),
        actual: read.map(playLine),
      });
    });
  },
  allowingShortSessions,
);

/** Of five plays each, four are aborted, in the opposite order to that in which they began. */
async function publishInTransactions(kafka: KafkaJs, topic: string): Promise<void> {
  const { encode } = avroEncoder(Play, 1);
  const producers = Array.from({ length: 5 }, (_, i) =>
    kafka.producer({
      transactionalId: `${topic}-${i}`,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: () => () => 0,
    }),
  );
  for (const producer of producers) await producer.connect();
  for (let first = 0; first < PLAYS; first += 5) {
    const transactions = [];
    for (const [i, play] of plays(5, first).entries()) {
      const transaction = await producers[i]?.transaction();
      const value = Buffer.from(encode(play));
      await transaction?.send({ topic, messages: [{ key: play.listener, value }] });
      transactions.push(transaction);
    }
    await transactions.pop()?.commit();
    for (const transaction of transactions.reverse()) await transaction?.abort();
  }
  for (const producer of producers) await producer.disconnect();
}
