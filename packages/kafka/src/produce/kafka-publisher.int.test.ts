import { randomUUID } from 'node:crypto';
import type { EventLog } from '@streamify/core';
import kafkajs from 'kafkajs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BrokerUnavailableError } from '../errors.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy, type Passage } from '../testing/kafka-proxy.ts';

const PRODUCE = 0;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** So large that a publish takes several requests. */
const records = numbers(600).map((i) => ({
  key: `${i % 7}`,
  value: Buffer.from(`${i} `.padEnd(9_000)),
}));

describeWithKafka('publishing over connections that are cut', (kafka) => {
  let proxy: KafkaProxy;
  let log: EventLog;
  let topic: string;
  beforeEach(async () => {
    const [broker = ''] = kafka().brokers;
    proxy = await kafkaProxy(broker);
    log = kafkaLog({ brokers: [broker] });
    topic = `publish-${randomUUID()}`;
    await log.createTopic(topic, { partitions: 3 });
  });
  afterEach(async () => {
    await log.close();
    await proxy.close();
  });

  /** Cuts some of the requests that carry records. */
  const cutting = (passage: Passage) => {
    let [seen, cuts] = [0, 0];
    proxy.onRequest(({ apiKey }) => {
      if (apiKey !== PRODUCE || ++seen % 3 !== 2 || cuts === 3) return 'pass';
      cuts++;
      return passage;
    });
    return () => cuts;
  };

  /** What each partition holds, as numbers in the order of the log. */
  async function stored(): Promise<number[][]> {
    const all: number[][] = [];
    for (const partition of numbers(3)) {
      const reader = await log.reader(topic, partition);
      const found: number[] = [];
      const { end } = await reader.bounds();
      for (let from = 0; from < end; ) {
        const slice = await reader.poll({ from, maxRecords: 1_000, maxBytes: 1e7, maxWait: 5_000 });
        found.push(...slice.records.map(({ value }) => Number.parseInt(String(value), 10)));
        from = slice.next;
      }
      await reader.close();
      all.push(found);
    }
    return all;
  }

  it.each(['cut', 'cut reply'] as const)(
    'stores each record once and in its order: %s',
    async (passage) => {
      const through = kafkaLog({ brokers: [proxy.broker] });
      const cuts = cutting(passage);
      for (const at of [0, 200, 400]) await through.publish(topic, records.slice(at, at + 200));
      await through.close();
      expect(cuts()).toBe(3);
      const found = await stored();
      expect(found.flat().sort((a, b) => a - b)).toEqual(numbers(600));
      for (const each of found) expect(each).toEqual(each.toSorted((a, b) => a - b));
    },
  );

  it('control: a producer that is not idempotent stores some of them twice', async () => {
    const producer = new kafkajs.Kafka({ brokers: [proxy.broker], logLevel: 0 }).producer({
      retry: { initialRetryTime: 10 },
    });
    await producer.connect();
    cutting('cut reply');
    for (let at = 0; at < 600; at += 20)
      await producer.send({ topic, messages: records.slice(at, at + 20) });
    await producer.disconnect();
    expect((await stored()).flat().length).toBeGreaterThan(600);
  });

  it('fails what cannot be sent in time, and sends what comes then', async () => {
    const through = kafkaLog({ brokers: [proxy.broker], patience: 300 });
    await through.publish(topic, records.slice(0, 1));
    proxy.onRequest(({ apiKey }) => (apiKey === PRODUCE ? 'cut' : 'pass'));
    const failing = [1, 2].map((i) => through.publish(topic, records.slice(i, i + 1)));
    for (const each of failing) await expect(each).rejects.toThrow(BrokerUnavailableError);
    proxy.onRequest(() => 'pass');
    await through.publish(topic, records.slice(3, 5));
    await through.close();
    expect((await stored()).flat().sort((a, b) => a - b)).toEqual([0, 3, 4]);
  });
});
