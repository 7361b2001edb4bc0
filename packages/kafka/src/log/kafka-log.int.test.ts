import { randomUUID } from 'node:crypto';
import { init, compress as zstdCompress, decompress as zstdDecompress } from '@bokuweb/zstd-wasm';
import { type EventLog, memoryRegistry, OffsetOutOfRangeError, OptionError } from '@streamify/core';
import type { AssignmentListener } from '@streamify/core/adapter';
import { logContract } from '@streamify/core/testing';
import kafkajs from 'kafkajs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerUnavailableError } from '../errors.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { kafkaLog } from './kafka-log.ts';
import type { KafkaLogOptions } from './kafka-log-options.ts';

const registry = memoryRegistry();
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const records = (count: number) =>
  numbers(count).map((i) => ({ key: `key ${i % 7}`, value: Buffer.from(`${i} `.repeat(40)) }));

const open: EventLog[] = [];
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
});

async function valuesOf(log: EventLog, topic: string): Promise<string[]> {
  const reader = await log.reader(topic, 0);
  const values: string[] = [];
  const { start, end } = await reader.bounds();
  for (let from = start; from < end; ) {
    const slice = await reader.poll({ from, maxRecords: 100, maxBytes: 1e6, maxWait: 5_000 });
    values.push(...slice.records.map(({ value }) => String(value)));
    from = slice.next;
  }
  await reader.close();
  return values;
}

describeWithKafka('a Kafka log', (kafka) => {
  const opened = (options: Partial<KafkaLogOptions> = {}) => {
    const log = kafkaLog({ brokers: kafka().brokers, registry, ...options });
    open.push(log);
    return log;
  };
  const withTopic = async (options: Partial<KafkaLogOptions> = {}, partitions = 1) => {
    const log = opened(options);
    const topic = `log-${randomUUID()}`;
    await log.createTopic(topic, { partitions });
    return { log, topic };
  };

  describe('keeps the contract of logs', () => {
    const openLog = async () => kafkaLog({ brokers: kafka().brokers, registry });
    for (const { name, run } of logContract({ open: openLog, reopen: openLog })) it(name, run);
  });

  describe('compression', () => {
    const zstd = { compress: (data: Uint8Array) => zstdCompress(data), decompress: zstdDecompress };

    it.each(['none', 'gzip', 'snappy', 'zstd'] as const)(
      'reads what it published with %s',
      async (compression) => {
        await init();
        const { log, topic } = await withTopic({ compression, zstd });
        await log.publish(topic, records(3_000));
        expect(await valuesOf(log, topic)).toEqual(
          records(3_000).map(({ value }) => String(value)),
        );
      },
    );
  });

  describe('topics', () => {
    it('have the settings that the log was given, and times of the log', async () => {
      const config = { 'retention.ms': '3600000', 'cleanup.policy': 'compact,delete' };
      const { topic } = await withTopic({ topics: { replicas: 1, config } }, 2);
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 }).admin();
      await admin.connect();
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
      });
      await admin.disconnect();
      const settings = Object.fromEntries(
        (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [
          configName,
          configValue,
        ]),
      );
      expect(settings).toMatchObject({ ...config, 'message.timestamp.type': 'LogAppendTime' });
    });

    it('that the cluster cannot make are told with its reason', async () => {
      const log = opened({ topics: { replicas: 3 } });
      await expect(log.createTopic(`log-${randomUUID()}`, { partitions: 1 })).rejects.toThrow(
        /replication/i,
      );
    });

    it('take records of many sizes in one publish', async () => {
      const { log, topic } = await withTopic();
      const sizes = [1, 700_000, 300_000, 10, 899_000, 5, 900_000];
      await log.publish(
        topic,
        sizes.map((size) => ({ key: '', value: Buffer.alloc(size, 1) })),
      );
      const reader = await log.reader(topic, 0);
      const seen: number[] = [];
      for (let from = 0; from < sizes.length; ) {
        const slice = await reader.poll({ from, maxRecords: 100, maxBytes: 1e9, maxWait: 5_000 });
        seen.push(...slice.records.map(({ value }) => value.length));
        from = slice.next;
      }
      await reader.close();
      expect(seen).toEqual(sizes);
    });

    it('refuse a record that brokers do not take, and take the next', async () => {
      const { log, topic } = await withTopic();
      const tooLarge = log.publish(topic, [{ key: '', value: Buffer.alloc(2_000_000) }]);
      await expect(tooLarge).rejects.toThrow(
        /^the record with key "" has 2000032 bytes, and topic .* takes at most its max.message.bytes, 1048588: /,
      );
      await log.publish(topic, [{ key: '', value: Buffer.from('fine') }]);
      expect(await valuesOf(log, topic)).toEqual(['fine']);
    });

    it('that get another partition are read to its end', async () => {
      const { log, topic } = await withTopic();
      await log.publish(topic, records(3));
      const first = await log.reader(topic, 0);
      expect(await first.bounds()).toEqual({ start: 0, end: 3 });
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 }).admin();
      await admin.connect();
      await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      await admin.disconnect();
      await vi.waitFor(async () => expect(await log.partitions(topic)).toBe(2), 10_000);
      const second = await log.reader(topic, 1);
      expect(await second.bounds()).toEqual({ start: 0, end: 0 });
      await Promise.all([first.close(), second.close()]);
    });

    it('of which the start was deleted are refused from there, loudly', async () => {
      const { log, topic } = await withTopic();
      await log.publish(topic, records(10));
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 }).admin();
      await admin.connect();
      // kafkajs knows only topics that it was asked about.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] });
      await admin.disconnect();
      const reader = await log.reader(topic, 0);
      expect(await reader.bounds()).toEqual({ start: 4, end: 10 });
      const poll = reader.poll({ from: 3, maxRecords: 1, maxBytes: 1, maxWait: 0 });
      await expect(poll).rejects.toThrow(OffsetOutOfRangeError);
      await expect(poll).rejects.toThrow('which holds 4 to 10');
      await reader.close();
    });
  });

  it('reads committed records only, and goes on behind those that were aborted', async () => {
    const { log, topic } = await withTopic();
    const client = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 });
    const producer = client.producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const send = async (value: string, end: 'commit' | 'abort') => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value }] });
      await transaction[end]();
    };
    await send('first', 'commit');
    await send('lost', 'abort');
    await send('second', 'commit');
    const open = await producer.transaction();
    await open.send({ topic, messages: [{ value: 'open' }] });
    expect(await valuesOf(log, topic)).toEqual(['first', 'second']);
    await open.commit();
    await vi.waitFor(async () =>
      expect(await valuesOf(log, topic)).toEqual(['first', 'second', 'open']),
    );
    await producer.disconnect();
  });

  it('sets no timers in the past, as kafkajs does by itself', async () => {
    const shortest = async (work: () => Promise<void>) => {
      const timers = vi.spyOn(globalThis, 'setTimeout');
      await work();
      const delays = timers.mock.calls.map(([, delay]) => delay ?? 0);
      timers.mockRestore();
      return Math.min(...delays);
    };
    const { log, topic } = await withTopic();
    expect(await shortest(() => log.publish(topic, records(10)))).toBeGreaterThanOrEqual(0);
    const bare = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 }).producer();
    const control = shortest(async () => {
      await bare.connect();
      await bare.send({ topic, messages: [{ value: 'x' }] });
      await bare.disconnect();
    });
    expect(await control).toBeLessThan(0);
  });

  describe('a group', () => {
    /** Notes what a member has. */
    const member = () => {
      const held = new Set<number>();
      const listener: AssignmentListener = {
        assigned: (partition) => void held.add(partition),
        revoked: async (partition) => void held.delete(partition),
      };
      return { held, listener };
    };
    const timing = { sessionTimeout: 6_000, heartbeatInterval: 200 };

    it('shares partitions out, moves few of them, and gives those of a leaving member to the others', async () => {
      const { log, topic } = await withTopic({ group: timing }, 6);
      const other = opened({ group: timing });
      const [a, b] = [member(), member()];
      const first = await log.assign(topic, [topic], a.listener);
      expect([...a.held].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      const second = await other.assign(topic, [topic], b.listener);
      await vi.waitFor(() => expect([a.held.size, b.held.size]).toEqual([3, 3]), 20_000);
      expect(new Set([...a.held, ...b.held]).size).toBe(6);
      const before = [...b.held];
      await first.close();
      await vi.waitFor(() => expect(b.held.size).toBe(6), 20_000);
      expect([...b.held].slice(0, 3)).toEqual(before);
      await second.close();
      expect([...a.held, ...b.held]).toEqual([]);
    });

    it('leaves a member without a partition where there are not enough', async () => {
      const { log, topic } = await withTopic({ group: timing });
      const [a, b] = [member(), member()];
      const first = await log.assign(topic, [topic], a.listener);
      const second = await log.assign(topic, [topic], b.listener);
      await vi.waitFor(() => expect(a.held.size + b.held.size).toBe(1), 20_000);
      await Promise.all([first.close(), second.close()]);
    });

    it('is told how far its members are, by their names in Kafka', async () => {
      const { log, topic } = await withTopic({ group: timing, namespace: 'team' });
      await log.publish(topic, records(10));
      const { listener } = member();
      const assignment = await log.assign(topic, [topic], listener);
      assignment.committed?.(topic, 0, 7);
      await assignment.close();
      const admin = new kafkajs.Kafka({ brokers: kafka().brokers, logLevel: 0 }).admin();
      await admin.connect();
      const offsets = await admin.fetchOffsets({
        groupId: `team.${topic}`,
        topics: [`team.${topic}`],
      });
      await admin.disconnect();
      expect(offsets[0]?.partitions).toMatchObject([{ partition: 0, offset: '7' }]);
    });
  });
});

describe('a Kafka log without a cluster', () => {
  it('says where it looked, and for how long', async () => {
    const log = kafkaLog({ brokers: ['127.0.0.1:1'], patience: 300 });
    const failing = log.partitions('plays');
    await expect(failing).rejects.toThrow(BrokerUnavailableError);
    await expect(failing).rejects.toThrow(
      /tried 127\.0\.0\.1:1 for 0\.\d s: .*Is Kafka running there/,
    );
    await log.close();
  });

  it('asks for a registry when events of a type come', async () => {
    const log = kafkaLog({ brokers: ['127.0.0.1:1'] });
    await expect(log.registry.schema(1)).rejects.toThrow(OptionError);
    await log.close();
  });

  it.each([
    [{ compression: 'lz4' }, 'compression is one of none, gzip, snappy, zstd, got "lz4"'],
    [{ fetchBytes: 0 }, 'fetchBytes is a number of bytes, got 0'],
    [
      { group: { sessionTimeout: 1_000, heartbeatInterval: 900 } },
      'at least twice the heartbeatInterval',
    ],
    [
      { group: { rebalanceTimeout: -1 } },
      'group.rebalanceTimeout is a number of milliseconds, got -1',
    ],
  ])('refuses %j', (options, message) => {
    const make = () => kafkaLog({ brokers: ['a:1'], ...(options as object) });
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
  });
});
