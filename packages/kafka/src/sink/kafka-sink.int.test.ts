import { setTimeout } from 'node:timers/promises';
import type { DeadLetter } from '@streamify/core';
import { emptyOutput, sinkContract } from '@streamify/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy } from '../testing/kafka-proxy.ts';
import { commitOf, kafkaSinkUnderTest, sinkTrial } from '../testing/kafka-sink-under-test.ts';
import { kafkaSink } from './kafka-sink.ts';

/** The request that ends a transaction; its last byte says whether by a commit. */
const END_TXN = 26;

const letter: DeadLetter = {
  position: { topic: 'plays', partition: 0, offset: 7 },
  key: 'ann',
  raw: Uint8Array.of(0, 0, 0, 0, 7),
  headers: {},
  schemaId: 7,
  loggedAt: 1_700_000_000_000,
  operator: 'clean',
  result: undefined,
  reason: 'no timestamp',
  stack: undefined,
};

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

  it('reads the dead letters of a commit that is under way once it has ended', async () => {
    const proxy = await kafkaProxy(kafka().brokers[0] as string);
    const trial = await sinkTrial([proxy.broker]);
    try {
      const sink = kafkaSink(trial.topic);
      const task = await sink.open({ job: 'plays', partition: 0 });
      const held = proxy.hold(END_TXN);
      const committed = task.commit(commitOf(1), { ...emptyOutput, dead: [letter] });
      await held.reached;
      const open = sink.deadLetters('plays');
      await Promise.race([open, setTimeout(200)]);
      held.release();
      await committed;
      expect((await open).map(({ position }) => position)).toEqual([letter.position]);
    } finally {
      await trial.close();
      await proxy.close();
    }
  });
});
