import { OptionError, redrive, run, UnknownTopicError } from '@streamify/core';
import type { ContractRow } from '@streamify/core/testing';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { map } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import {
  ContractEvent,
  commitOf,
  outputOf,
  recordsOf,
  rowNamed,
  rowsOf,
  type SinkTrial,
  sinkTrial,
  storedIn,
} from '../testing/kafka-sink-under-test.ts';
import { kafkaSink } from './kafka-sink.ts';

const task = { job: 'plays', partition: 0, partitions: 1 };

describeWithKafka('what a Kafka sink delivers', (kafka) => {
  let trial: SinkTrial;
  beforeEach(async () => {
    trial = await sinkTrial(kafka().brokers);
  });
  afterEach(() => trial.close());

  const setMessageBytes = async (bytes: number): Promise<void> => {
    const admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const name = trial.inKafka(trial.topic.name);
    const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
    });
    // Brokers hear of it from the controller, a little later.
    const isKnown = async () => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes'] }],
      });
      return resources[0]?.configEntries[0]?.configValue === String(bytes);
    };
    await vi.waitUntil(isKnown, { timeout: 30_000, interval: 20 });
    await admin.disconnect();
  };

  it('is seen once by other consumers of committed records, and not before its commit', async () => {
    const { topic } = trial;
    await setMessageBytes(50_000);
    const owner = await kafkaSink<ContractRow>(topic).open(task);
    const rows = Array.from({ length: 50 }, (_, i) => rowNamed(`row ${i}`));
    const tooLarge = rowNamed('large', { title: 'x'.repeat(60_000) });
    // The broker refuses one partition's batch, when others are written.
    const failed = owner.commit(commitOf(1), outputOf([...rows, tooLarge]));
    await expect(failed).rejects.toThrow(OptionError);
    await expect(failed).rejects.toThrow('max.message.bytes');
    await owner.close();
    const next = await kafkaSink<ContractRow>(topic).open(task);
    await next.commit(commitOf(1), outputOf(rows));
    await next.close();

    const consumer = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).consumer({
      groupId: trial.inKafka('other'),
    });
    const seen: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: trial.inKafka(topic.name), fromBeginning: true });
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachMessage: async ({ message }) => {
          // A watermark has no value.
          if (message.value?.length) seen.push(String(message.key));
          if (seen.length === rows.length) resolve();
        },
      });
    });
    await consumer.disconnect();
    expect(seen.sort()).toEqual(rows.map(({ id }) => id).sort());
  });

  it('leaves no transaction open behind a commit that fails', async () => {
    const { topic, log } = trial;
    const owner = await kafkaSink<ContractRow>(topic).open(task);
    await setMessageBytes(5_000);
    const title = 'x'.repeat(6_000);
    const rows = [rowNamed('a'), rowNamed('b'), rowNamed('c'), rowNamed('d', { title })];
    await expect(owner.commit(commitOf(1), outputOf(rows))).rejects.toThrow(OptionError);
    // Readers wait behind an open transaction.
    const others = Array.from({ length: 20 }, (_, i) => rowNamed(`other ${i}`));
    await topic.publish(others);
    const seen = await rowsOf(topic, (await recordsOf(log, topic.name)).flat());
    expect(seen.map(({ id }) => id).sort()).toEqual(others.map(({ id }) => id).sort());
    await owner.close();
  });

  it('is a dead letter where it is too large, or does not fit the schema, and can be redriven', async () => {
    const { log, topic } = trial;
    const from = log.topic('source', ContractEvent);
    await log.createTopic(from.name, { partitions: 2 });
    await from.publish(['fine', 'large', 'odd', 'poison'].map((id) => rowNamed(id)));
    const sink = kafkaSink<ContractRow>(topic, { maxMessageBytes: 10_000 });
    const job = (isMended: boolean) => ({
      name: 'plays',
      from,
      into: sink,
      atEnd: 'stop' as const,
      maxDeadShare: 1,
      through: map(({ value }: { readonly value: ContractRow }): ContractRow => {
        if (isMended || value.id === 'fine') return value;
        if (value.id === 'large') return { ...value, title: 'x'.repeat(10_000) };
        if (value.id === 'odd') return { ...value, plays: 'many' as never };
        throw new Error('poison');
      }),
    });
    await run(job(false));
    const letters = await sink.deadLetters('plays');
    const reasons = Object.fromEntries(letters.map(({ key, reason }) => [key, reason]));
    expect(Object.keys(reasons).sort()).toEqual(['large', 'odd', 'poison']);
    expect(reasons['large']).toMatch(
      /the row has \d+ bytes, more than the 10000 of maxMessageBytes/,
    );
    expect(reasons['odd']).toContain('plays');
    expect(reasons['poison']).toBe('poison');
    expect((await storedIn(trial)).rows.map(({ id }) => id)).toEqual(['fine']);
    for (const expected of [
      { done: 3, doneBefore: 0, deadAgain: 0 },
      { done: 0, doneBefore: 3, deadAgain: 0 },
    ])
      expect(await redrive(job(true), letters)).toEqual(expected);
    const { rows } = await storedIn(trial);
    expect(rows.map(({ id }) => id).sort()).toEqual(['fine', 'large', 'odd', 'poison']);
  });

  it('is a dead letter where it exceeds what its topic takes, to the byte, and the others land', async () => {
    const limit = 2_000;
    await setMessageBytes(limit);
    const { log, topic } = trial;
    const from = log.topic('source', ContractEvent);
    await log.createTopic(from.name, { partitions: 1 });
    // Titles of these lengths make batches of sizes around the limit.
    const lengths = Array.from({ length: 100 }, (_, i) => limit - 170 + i);
    await from.publish(lengths.map((length) => rowNamed(String(length), { title: '' })));
    const into = kafkaSink<ContractRow>(topic);
    const { counts } = await run({
      name: 'plays',
      from,
      through: map(({ value }: { readonly value: ContractRow }) => ({
        ...value,
        title: 'x'.repeat(Number(value.id)),
      })),
      into,
      atEnd: 'stop',
      maxDeadShare: 1,
    });
    const letters = await into.deadLetters('plays');
    const landed = (await storedIn(trial)).rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
    const dead = letters.map(({ key }) => Number(key)).sort((a, b) => a - b);
    expect([...landed, ...dead]).toEqual(lengths);
    expect(landed.length).toBeGreaterThan(10);
    expect(letters.map(({ reason }) => reason)).toContain(
      `the row takes ${limit + 1} bytes in a batch, more than the ${limit} of its topic's max.message.bytes`,
    );
    expect(counts).toMatchObject({ in: 100, dead: dead.length });
  });

  it('has its bytes, key and headers beside ours in the topic of dead letters', async () => {
    const { log } = trial;
    const source = 'source';
    await log.createTopic(source, { partitions: 1 });
    const headers = { file: 'späte.jsonl', 'streamify-reason': 'its own' };
    const value = Buffer.from('not Avro');
    await log.publish(source, [{ key: 'ann', value, headers }]);
    const sink = kafkaSink<ContractRow>(trial.topic);
    await run({
      name: 'land plays',
      from: log.topic(source, ContractEvent),
      through: map(({ value: row }) => row),
      into: sink,
      atEnd: 'stop',
      maxDeadShare: 1,
    });
    const letters = 'land_20plays.dead-letters';
    const [record] = (await recordsOf(log, letters)).flat();
    expect(String(record?.value)).toBe('not Avro');
    expect(record?.key).toBe('ann');
    expect(record?.headers).toMatchObject({
      file: 'späte.jsonl',
      'streamify-header-streamify-reason': 'its own',
      'streamify-job': 'land plays',
      'streamify-operator': 'decode',
      'streamify-topic': source,
      'streamify-partition': '0',
      'streamify-offset': '0',
    });
    const [letter] = await sink.deadLetters('land plays');
    expect(letter).toMatchObject({ headers, raw: value, key: 'ann', operator: 'decode' });
    expect(await sink.deadLetters('another')).toEqual([]);
  });

  it('needs a topic that exists, and that the job does not read', async () => {
    const { log, topic } = trial;
    const missing = log.topic('missing', ContractEvent);
    await expect(kafkaSink(missing).open(task)).rejects.toThrow(UnknownTopicError);
    const itself = {
      name: 'itself',
      from: topic,
      through: map(({ value }: { value: ContractRow }) => value),
    };
    await topic.publish([rowNamed('a')]);
    await expect(run({ ...itself, into: kafkaSink(topic), atEnd: 'stop' })).rejects.toThrow(
      'reads topic',
    );
  });

  it('comes in batches that the topic takes', async () => {
    const { topic } = trial;
    await setMessageBytes(20_000);
    const owner = await kafkaSink<ContractRow>(topic, { maxMessageBytes: 15_000 }).open(task);
    const rows = Array.from({ length: 100 }, (_, i) =>
      rowNamed(`row ${i}`, { title: 'x'.repeat(1_000) }),
    );
    await owner.commit(commitOf(1), outputOf(rows));
    expect((await storedIn(trial)).rows.length).toBe(100);
    await owner.close();
  });

  it('is compressed as the log says', async () => {
    const { topic } = trial;
    for (const [i, compression] of (['gzip', 'snappy'] as const).entries()) {
      const compressed = trial.anotherLog({ compression }).topic(topic.name, ContractEvent);
      const owner = await kafkaSink<ContractRow>(compressed).open(task);
      const rows = Array.from({ length: 3_000 }, (_, n) =>
        rowNamed(`${compression} ${n}`, { title: `${n} `.repeat(200), plays: n }),
      );
      await owner.commit(commitOf(i + 1), outputOf(rows));
      await owner.close();
    }
    for (const records of await recordsOf(trial.log, topic.name)) {
      const rows = await rowsOf(topic, records);
      expect(rows.length).toBeGreaterThan(1_500);
      for (const compression of ['gzip', 'snappy']) {
        const own = rows.filter(({ id }) => id.startsWith(compression)).map(({ plays }) => plays);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }
    expect((await storedIn(trial)).rows.length).toBe(6_000);
  });

  it('needs a transactionTimeout that the brokers allow', async () => {
    const sink = kafkaSink(trial.topic, { transactionTimeout: 2 ** 31 - 1 });
    await expect(sink.open(task)).rejects.toThrow('transaction.max.timeout.ms');
  });

  it('says what is missing where no broker answers', async () => {
    const log = kafkaLog({ brokers: ['127.0.0.1:9'], registry: trial.log.registry, patience: 200 });
    const sink = kafkaSink(log.topic('plays', ContractEvent));
    await expect(sink.open(task)).rejects.toThrow('Is Kafka running there');
    await log.close();
  });
});
