import { randomUUID } from 'node:crypto';
import {
  type EventLog,
  type JobOptions,
  memoryRegistry,
  memorySink,
  run,
  type StreamEvent,
  startJob,
  TopicRecreatedError,
} from '@streamify/core';
import { Play, plays } from '@streamify/test-kit/plays';
import { afterEach, expect, it, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { kafkaLog } from './kafka-log.ts';

const patient = { timeout: 30_000, interval: 20 };
const registry = memoryRegistry();
const open: EventLog[] = [];
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
});

describeWithKafka('a job whose topic changes', (kafka) => {
  const opened = () => {
    const log = kafkaLog({
      brokers: kafka().brokers,
      registry,
      group: { metadataMaxAge: 500, heartbeatInterval: 200 },
    });
    open.push(log);
    return log;
  };
  const jobIn = (log: EventLog, topic: string) => {
    const into = memorySink<Play>();
    const job: JobOptions<Play, StreamEvent<Play>> = {
      name: topic,
      from: log.topic(topic, Play),
      through: (plays$) => plays$,
      into,
      epoch: { maxWait: 50 },
    };
    return { into, job };
  };
  const withTopic = async (partitions: number) => {
    const log = opened();
    const topic = `changing-${randomUUID()}`;
    await log.createTopic(topic, { partitions });
    return { log, topic };
  };

  it('refuses one that was deleted and made again, by another process, until it may start it over', async () => {
    const { log, topic } = await withTopic(1);
    await log.topic(topic, Play).publish(plays(8));
    const { into, job } = jobIn(opened(), topic);
    await run({ ...job, atEnd: 'stop' });
    await log.deleteTopic(topic);
    await log.createTopic(topic, { partitions: 1 });
    await log.topic(topic, Play).publish(plays(20, 100));
    const failing = run({ ...job, atEnd: 'stop' });
    await expect(failing).rejects.toThrow(TopicRecreatedError);
    await expect(failing).rejects.toThrow(`topic ${topic} was deleted and made again since job`);
    expect(into.rows).toHaveLength(8);
    const { counts } = await run({ ...job, atEnd: 'stop', onRecreatedTopic: 'restart' });
    expect(counts).toEqual({ in: 20, out: 20, recreated: 1 });
  });

  it('ends when it is deleted and made again while it is read, and reads none of the other', async () => {
    const { log, topic } = await withTopic(1);
    await log.topic(topic, Play).publish(plays(8));
    const { into, job } = jobIn(opened(), topic);
    const running = startJob(job);
    running.done.catch(() => {});
    await vi.waitUntil(() => into.rows.length === 8, patient);
    await log.deleteTopic(topic);
    await log.createTopic(topic, { partitions: 1 });
    await log.topic(topic, Play).publish(plays(20, 100));
    await expect(running.done).rejects.toThrow(`topic ${topic} was deleted while it was read`);
    expect(into.rows).toHaveLength(8);
  });

  it.each(['shared', 'all'] as const)(
    'reads the partitions that it gets while it runs: %s',
    async (partitions) => {
      const { log, topic } = await withTopic(1);
      await log.topic(topic, Play).publish(plays(9));
      const { into, job } = jobIn(opened(), topic);
      const running = startJob({ ...job, partitions });
      await vi.waitUntil(() => into.rows.length === 9, patient);
      const admin = new Kafka({
        brokers: [...kafka().brokers],
        logLevel: logLevel.NOTHING,
      }).admin();
      await admin.connect();
      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
      await admin.disconnect();
      await vi.waitUntil(async () => (await log.partitions(topic)) === 3, patient);
      await opened().topic(topic, Play).publish(plays(22, 9));
      await vi.waitUntil(() => into.rows.length === 31, patient);
      expect(running.partitions).toEqual([0, 1, 2]);
      running.stop();
      expect((await running.done).counts).toEqual({ in: 31, out: 31 });
    },
    60_000,
  );
});
