import { type RetryReport, run } from '@streamify/core';
import type { ContractRow } from '@streamify/core/testing';
import { map } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy, type Passage } from '../testing/kafka-proxy.ts';
import {
  ContractEvent,
  recordsOf,
  rowNamed,
  rowsOf,
  type SinkTrial,
  sinkTrial,
  storedIn,
} from '../testing/kafka-sink-under-test.ts';
import { kafkaSink } from './kafka-sink.ts';

/** Requests of a transaction, by their numbers in Kafka's protocol: from its start to its end. */
const requests = { InitProducerId: 22, AddPartitionsToTxn: 24, Produce: 0, EndTxn: 26 };
const EVENTS = 900;

describeWithKafka('a job whose connections are cut again and again', (kafka) => {
  let proxy: KafkaProxy;
  let trial: SinkTrial;
  beforeEach(async () => {
    const [broker = ''] = kafka().brokers;
    proxy = await kafkaProxy(broker);
    trial = await sinkTrial([broker]);
  });
  afterEach(async () => {
    await trial.close();
    await proxy.close();
  });

  for (const [name, apiKey] of Object.entries(requests))
    for (const passage of ['cut', 'cut reply'] as Passage[])
      it(`delivers each row once, where its ${name} is ${passage === 'cut' ? 'lost' : 'not answered'}`, async () => {
        const { log, topic } = trial;
        const from = log.topic('source', ContractEvent);
        await log.createTopic(from.name, { partitions: 1 });
        // Rows so large that an epoch takes several Produce requests, which are under way together.
        const title = apiKey === requests.Produce ? 'x'.repeat(10_000) : 'x';
        const rows = Array.from({ length: EVENTS }, (_, i) =>
          rowNamed(`row ${i}`, { title, plays: i }),
        );
        await from.publish(rows);
        let seen = 0;
        let cuts = 0;
        proxy.onRequest((request) => {
          // The second of its kind, and then each fourth.
          if (request.apiKey !== apiKey || ++seen % 4 !== 2 || cuts === 2) return 'pass';
          cuts++;
          return passage;
        });
        const retries: RetryReport[] = [];
        const throughProxy = trial.anotherLog({ brokers: [proxy.broker] });
        const job = {
          name: 'plays',
          from,
          through: map(({ value }: { readonly value: ContractRow }) => value),
          into: kafkaSink<ContractRow>(throughProxy.topic(topic.name, ContractEvent)),
          atEnd: 'stop' as const,
          epoch: { maxRecords: apiKey === requests.Produce ? 450 : 100 },
          onError: { retry: { attempts: 5, firstDelay: 1 } },
          onRetry: (report: RetryReport) => retries.push(report),
        };
        await run(job);
        // A task is taken over once more, so that each request has come often enough.
        await run(job);
        expect(cuts).toBeGreaterThan(0);
        const delivered: number[][] = [];
        for (const records of await recordsOf(log, topic.name))
          delivered.push((await rowsOf(topic, records)).map(({ plays }) => plays));
        expect(delivered.flat().sort((a, b) => a - b)).toEqual(rows.map(({ plays }) => plays));
        // In the order that they came in.
        for (const each of delivered) expect(each).toEqual(each.toSorted((a, b) => a - b));
        expect((await storedIn(trial)).counts).toEqual({ plays: { in: EVENTS, out: EVENTS } });
        // Only where the end of a transaction got lost did the job have to start anew.
        expect(retries.length).toBe(apiKey === requests.EndTxn && passage === 'cut' ? cuts : 0);
      });
});
