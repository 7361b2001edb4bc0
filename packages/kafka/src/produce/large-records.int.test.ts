import { randomUUID } from 'node:crypto';
import type { EventLog } from '@streamify/core';
import { afterEach, expect, it } from 'vitest';
import { RecordTooLargeError } from '../errors.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';

const LIMIT = 10_000;
const open: EventLog[] = [];
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
});

describeWithKafka('publishing to a topic with a low max.message.bytes', (kafka) => {
  const withTopic = async () => {
    const config = { 'max.message.bytes': String(LIMIT) };
    const log = kafkaLog({ brokers: kafka().brokers, topics: { config } });
    open.push(log);
    const topic = `large-${randomUUID()}`;
    await log.createTopic(topic, { partitions: 2 });
    return { log, topic };
  };
  const record = (key: string, bytes: number) => ({ key, value: Buffer.alloc(bytes, key) });
  const keysIn = async (log: EventLog, topic: string, partition: number) => {
    const reader = await log.reader(topic, partition);
    const keys: string[] = [];
    const { start, end } = await reader.bounds();
    for (let from = start; from < end; ) {
      const slice = await reader.poll({ from, maxRecords: 1e4, maxBytes: 1e7, maxWait: 5_000 });
      keys.push(...slice.records.map(({ key }) => key));
      from = slice.next;
    }
    await reader.close();
    return keys;
  };

  it('names the record that is too large, its size and the limit, and goes on with others', async () => {
    const { log, topic } = await withTopic();
    const publishing = log.publish(topic, [
      { ...record('small', 10), partition: 0 },
      { ...record('large', LIMIT + 1), partition: 1 },
    ]);
    const failure = await publishing.catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(RecordTooLargeError);
    const { size } = failure as RecordTooLargeError;
    expect(failure).toMatchObject({ topic, key: 'large', limit: LIMIT });
    expect(size).toBeGreaterThan(LIMIT);
    expect((failure as Error).message).toBe(
      `the record with key "large" has ${size} bytes, and topic ${topic} takes at most its max.message.bytes, ${LIMIT}: raise that, compress what is published, or publish smaller records`,
    );
    await log.publish(topic, [{ ...record('later', 10), partition: 1 }]);
    expect(await keysIn(log, topic, 1)).toEqual(['later']);
  });

  it('stores records that are too many for one batch, each once and in their order', async () => {
    const { log, topic } = await withTopic();
    const keys = Array.from({ length: 100 }, (_, i) => `${i}`);
    for (let again = 0; again < 2; again++)
      await log.publish(
        topic,
        keys.flatMap((key) => [0, 1].map((partition) => ({ ...record(key, 900), partition }))),
      );
    for (const partition of [0, 1])
      expect(await keysIn(log, topic, partition)).toEqual([...keys, ...keys]);
  });
});
