import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { describeWithKafka } from './describe-with-kafka.ts';

describeWithKafka('the broker of a run', (kafka) => {
  it('answers, and so does its registry, which refuses what old readers cannot read', async () => {
    const { brokers, registryUrl } = kafka();
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const { brokers: found } = await admin.describeCluster();
    await admin.disconnect();
    expect(found.map(({ host, port }) => `${host}:${port}`)).toEqual(brokers);

    const response = await fetch(`${registryUrl}/config`);
    expect(await response.json()).toEqual({ compatibilityLevel: 'BACKWARD' });
  });
});
