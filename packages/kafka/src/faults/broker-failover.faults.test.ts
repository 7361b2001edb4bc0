import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { EventLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithCluster } from '../testing/describe-with-cluster.ts';
import { cleanWhile } from './clean-while.ts';
import { committedEvents, committedRecords } from './committed-records.ts';
import { createTopics, Play, playLine, plays, registryOfPlays } from './plays.ts';
import { shortSessions } from './short-sessions.ts';

const fault = 'three brokers: each kill -9 in turn, and one while another stalls';

describeWithCluster('a broker of three that is killed', (cluster) => {
  let log: EventLog;
  let from: string;
  let to: string;
  beforeEach(async () => {
    log = kafkaLog({
      brokers: cluster().brokers,
      registry: await registryOfPlays(),
      group: shortSessions,
      requestTimeout: 5_000,
      topics: { replicas: 3, config: { 'min.insync.replicas': '2' } },
    });
    const name = randomUUID();
    [from, to] = [`plays-${name}`, `clean-${name}`];
    await createTopics(log, 3, from, to);
  });
  afterEach(() => log.close());

  const published = async (topic: string) =>
    (await committedEvents(cluster().brokers, topic, Play)).map(playLine);

  const lastsLong = { timeout: 300_000 };

  it(
    'costs neither who publishes nor a job anything, and both go on by the others',
    lastsLong,
    async ({ task }) => {
      const cleaned = await cleanWhile({ log, from, to }, async (allAtWork) => {
        for (const id of [1, 2, 3]) {
          await allAtWork(10);
          await cluster().kill(id, 'SIGKILL');
          // It is gone, and two are enough.
          await allAtWork(10);
          await cluster().restart(id);
        }
      });
      const actual = [...(await published(from)), ...(await published(to))];
      expectUnharmed(task, fault, { ...cleaned, actual });
    },
  );

  /**
   * Kills the leader of one partition and stops that of another, publishes into both meanwhile, and
   * lets the second go on while the first is still away.
   */
  const publishMeanwhile = async (topic: string, publish: () => Promise<unknown>) => {
    const [killed, slow] = await leadersOf(cluster().brokers, topic);
    await cluster().kill(slow, 'SIGSTOP');
    await cluster().kill(killed, 'SIGKILL');
    const publishing = publish();
    publishing.catch(() => {});
    await delay(1_500);
    await cluster().kill(slow, 'SIGCONT');
    await cluster().restart(killed);
    await publishing;
  };

  it('costs nothing of what was on its way to another that is slow, and stores it once', async ({
    task,
  }) => {
    const sent = plays(500);
    await log.topic(from, Play).publish(sent.slice(0, 100));
    await publishMeanwhile(from, () => log.topic(from, Play).publish(sent.slice(100)));
    const expected = sent.map(playLine);
    const actual = await published(from);
    expectUnharmed(task, fault, { events: sent.length, expected, actual });
  });

  it(
    "loses or repeats records of kafkajs' own producer, though it is idempotent",
    lastsLong,
    async ({ task }) => {
      const sent = plays(500);
      const expected = sent.map(playLine);
      // Which requests are under way when the brokers go is left to chance, so one round may do no harm.
      for (let round = 1; ; round++) {
        const topic = `${from}-${round}`;
        await createTopics(log, 3, topic);
        const actual = await publishedByKafkajs(topic, sent);
        if (round < 5 && isDeepStrictEqual([...actual].sort(), [...expected].sort())) continue;
        expectHarmed(task, fault, "kafkajs' idempotent producer", {
          events: sent.length,
          expected,
          actual,
        });
        return;
      }
    },
  );

  const publishedByKafkajs = async (topic: string, sent: readonly Play[]) => {
    const client = new Kafka({ brokers: [...cluster().brokers], logLevel: logLevel.NOTHING });
    const producer = client.producer({ idempotent: true });
    await producer.connect();
    const messages = sent.map((play) => ({ key: play.listener, value: playLine(play) }));
    await producer.send({ topic, messages: messages.slice(0, 100) });
    await publishMeanwhile(topic, () => producer.send({ topic, messages: messages.slice(100) }));
    await producer.disconnect();
    const found = await committedRecords(cluster().brokers, topic);
    return found.map(({ value }) => String(value));
  };
});

/** Two brokers that lead partitions of a topic. */
async function leadersOf(
  brokers: readonly string[],
  topic: string,
): Promise<readonly [number, number]> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const leaders = [...new Set(topics[0]?.partitions.map(({ leader }) => leader))];
    return [leaders[0] as number, leaders[1] as number];
  } finally {
    await admin.disconnect();
  }
}
