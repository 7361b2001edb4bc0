import { FencedError } from '@streamify/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CommitUnknownError } from '../errors.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { type KafkaProxy, kafkaProxy } from '../testing/kafka-proxy.ts';
import {
  ContractEvent,
  commitOf,
  outputOf,
  rowNamed,
  type SinkTrial,
  sinkTrial,
  storedIn,
} from '../testing/kafka-sink-under-test.ts';
import { kafkaSink } from './kafka-sink.ts';

/** Kinds of requests, by their numbers in Kafka's protocol. */
const requests = { Produce: 0, AddPartitionsToTxn: 24, EndTxn: 26 };
const task = { job: 'plays', partition: 0, partitions: 1 };

describeWithKafka('an owner whom another has replaced', (kafka) => {
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

  /** A sink whose requests go by the proxy. */
  const held = () =>
    kafkaSink(trial.anotherLog({ brokers: [proxy.broker] }).topic(trial.topic.name, ContractEvent));

  for (const [name, apiKey] of Object.entries(requests))
    it(`is fenced where its ${name} comes late, and nothing of it is stored`, async () => {
      const old = await held().open(task);
      await old.commit(commitOf(1), outputOf([rowNamed('first')]));
      const { reached, release } = proxy.hold(apiKey);
      const late = old.commit(commitOf(2), outputOf([rowNamed('late')]));
      const outcome = late.catch((cause: unknown) => cause);
      await reached;
      const young = await kafkaSink(trial.topic).open(task);
      release();
      const fenced = await outcome;
      expect(fenced).toBeInstanceOf(FencedError);
      expect(String(fenced)).toContain(`:${process.pid}:`);
      expect(young.checkpoint?.epoch).toBe(1);
      await young.commit(commitOf(2), outputOf([rowNamed('second')]));
      await expect(old.commit(commitOf(3), outputOf([]))).rejects.toThrow(FencedError);
      const { rows } = await storedIn(trial);
      expect(rows.map(({ id }) => id).sort()).toEqual(['first', 'second']);
      await old.close();
      await young.close();
    });

  it('hears of its successor, however much that one writes', async () => {
    const old = await held().open(task);
    const young = await kafkaSink(trial.topic).open(task);
    let isFenced = false;
    const writing = (async () => {
      for (let epoch = 1; !isFenced; epoch++)
        await young.commit(commitOf(epoch), outputOf([rowNamed(`row ${epoch}`)]));
    })();
    const late = old.commit(commitOf(1), outputOf([rowNamed('late')]));
    await expect(late).rejects.toThrow(FencedError);
    isFenced = true;
    await writing;
    await old.close();
    await young.close();
  });

  it('leaves a commit whose end was not answered to whoever opens the task', async () => {
    const old = await held().open(task);
    proxy.onRequest(({ apiKey }) => (apiKey === requests.EndTxn ? 'cut' : 'pass'));
    const lost = old.commit(commitOf(1), outputOf([rowNamed('lost')]));
    await expect(lost).rejects.toThrow(CommitUnknownError);
    await expect(old.commit(commitOf(1), outputOf([]))).rejects.toThrow('open it again');
    await old.close();
    proxy.onRequest(() => 'pass');
    const young = await held().open(task);
    expect(young.checkpoint).toBeUndefined();
    await young.commit(commitOf(1), outputOf([rowNamed('again')]));
    expect((await storedIn(trial)).rows.map(({ id }) => id)).toEqual(['again']);
    await young.close();
  });

  it('is told that its own transaction timed out where nobody has the task', async () => {
    const sink = kafkaSink(
      trial.anotherLog({ brokers: [proxy.broker] }).topic(trial.topic.name, ContractEvent),
      { transactionTimeout: 1_000 },
    );
    const owner = await sink.open(task);
    const { reached, release } = proxy.hold(requests.EndTxn);
    const commit = owner.commit(commitOf(1), outputOf([rowNamed('slow')]));
    const outcome = commit.catch((cause: unknown) => cause);
    await reached;
    const reader = await trial.log.reader('plays.checkpoints', 0);
    const { end } = await reader.bounds();
    const limits = { maxRecords: 10, maxBytes: 1e6, maxWait: 30_000 };
    // Brokers look for such transactions every ten seconds; behind it, readers get on.
    for (let from = end; from < end + 2; ) from = (await reader.poll({ ...limits, from })).next;
    await reader.close();
    release();
    const error = await outcome;
    expect(error).toBeInstanceOf(CommitUnknownError);
    expect(String(error)).toContain('though nobody else has the task');
    await owner.close();
    const next = await sink.open(task);
    expect(next.checkpoint).toBeUndefined();
    await next.close();
  });
});
