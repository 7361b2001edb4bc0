import { randomUUID } from 'node:crypto';
import { memoryRegistry, memorySink, run } from '@streamify/core';
import { avroEncoder } from '@streamify/core/adapter';
import { Play, plays } from '@streamify/test-kit/plays';
import type { Transaction } from 'kafkajs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { kafkaLog } from './kafka-log.ts';

describeWithKafka('a run that ends by itself, of a topic with an open transaction', (kafka) => {
  let log: ReturnType<typeof kafkaLog>;
  beforeAll(() => {
    log = kafkaLog({ brokers: kafka().brokers, registry: memoryRegistry() });
  });
  afterAll(() => log.close());

  /** Runs a job on three plays, and ten more in a transaction that ends once the job has read the three. */
  async function countsBeside(end: (transaction: Transaction) => Promise<void>) {
    const topic = `plays-${randomUUID()}`;
    await log.createTopic(topic, { partitions: 1 });
    await log.topic(topic, Play).publish(plays(3));
    const client = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING });
    const transactional = { transactionalId: topic, maxInFlightRequests: 1, idempotent: true };
    const producer = client.producer(transactional);
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      const { encode } = avroEncoder(Play, 1);
      const messages = plays(10, 3).map((play) => ({ value: Buffer.from(encode(play)) }));
      await transaction.send({ topic, messages });
      const into = memorySink<Play>();
      const running = run({
        name: topic,
        from: log.topic(topic, Play),
        through: (plays$) => plays$,
        into,
        atEnd: 'stop',
        epoch: { maxWait: 50 },
      });
      await vi.waitUntil(() => into.rows.length === 3, { timeout: 30_000, interval: 5 });
      await end(transaction);
      return (await running).counts;
    } finally {
      await producer.disconnect();
    }
  }

  it('waits for its end, and reads what it commits', async () => {
    const counts = await countsBeside((transaction) => transaction.commit());
    expect(counts).toEqual({ in: 13, out: 13 });
  });

  it('waits for its end, and reads nothing that it aborts', async () => {
    const counts = await countsBeside((transaction) => transaction.abort());
    expect(counts).toEqual({ in: 3, out: 3 });
  });
});
