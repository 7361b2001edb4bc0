import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy } from '../testing/kafka-proxy.ts';
import { checkConnection } from './connection-options.ts';
import { KafkaClient } from './kafka-client.ts';
import { Kafka, logLevel } from './kafkajs.ts';

describeWithKafka('what a client makes', (kafka) => {
  let proxy: KafkaProxy;
  let client: KafkaClient;
  beforeEach(async () => {
    proxy = await kafkaProxy(kafka().brokers[0] ?? '');
    client = new KafkaClient(checkConnection({ brokers: [proxy.broker] }));
  });
  afterEach(() => proxy.close());

  async function used(admin: Admin): Promise<Admin> {
    await admin.connect();
    await admin.listTopics();
    await admin.disconnect();
    await expect.poll(() => proxy.clients).toBe(0);
    return admin;
  }

  it('connects no more once it is disconnected', async () => {
    const admin = await used(client.admin());
    await expect(admin.listTopics()).rejects.toThrow('the connection was closed meanwhile');
    expect(proxy.clients).toBe(0);
  });

  it('control: kafkajs connects for whatever is asked late, and stays connected', async () => {
    const late = new Kafka({ brokers: [proxy.broker], logLevel: logLevel.NOTHING }).admin();
    const admin = await used(late);
    await admin.listTopics();
    expect(proxy.clients).toBe(1);
    await admin.disconnect();
  });
});
