import { sinkContract } from '@streamify/core/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy } from '../testing/kafka-proxy.ts';
import { kafkaSinkUnderTest, sinkTrial } from '../testing/kafka-sink-under-test.ts';

/** The request that ends a transaction; its last byte says whether by a commit. */
const END_TXN = 26;

describeWithKafka('kafkaSink', (kafka) => {
  describe('by way of a connection that is cut', () => {
    let proxy: KafkaProxy;
    beforeAll(async () => {
      proxy = await kafkaProxy(kafka().brokers[0] as string);
    });
    afterAll(() => proxy.close());

    for (const { name, run } of sinkContract({
      async open() {
        return kafkaSinkUnderTest(await sinkTrial([proxy.broker]), (fault) => {
          proxy.onRequest(({ apiKey, frame }) => {
            if (apiKey !== END_TXN || frame.at(-1) !== 1) return 'pass';
            proxy.onRequest(() => 'pass');
            return fault === 'midway' ? 'cut' : 'cut reply';
          });
        });
      },
      faults: ['midway', 'reply lost'],
    }))
      it(name, run);
  });
});
