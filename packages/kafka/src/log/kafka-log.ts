import { setMaxListeners } from 'node:events';
import { ClosedError, type EventLog, OptionError, type SchemaRegistry } from '@streamify/core';
import {
  checkPartition,
  checkPartitions,
  checkTopicName,
  commonPartitions,
  type NewRecord,
  partitionOf,
  targetPartition,
  typedTopic,
  unknownTopic,
} from '@streamify/core/adapter';
import type { Message } from 'kafkajs';
import { checkConnection, type KafkaConnectionOptions } from '../client/connection-options.ts';
import { KafkaClient } from '../client/kafka-client.ts';
import { KafkaPublisher } from '../produce/kafka-publisher.ts';
import { type Compression, compressionType, type ZstdCodec } from '../wire/codecs.ts';
import { Deletions } from './deletions.ts';
import { GroupMember } from './group-member.ts';
import type { GroupTiming } from './group-session.ts';
import { KafkaReader } from './kafka-reader.ts';
import { KafkaTopics } from './kafka-topics.ts';
import { noRegistry } from './no-registry.ts';

export interface KafkaLogOptions extends KafkaConnectionOptions {
  /** Where schemas are, such as `confluentRegistry({ url })`. Only events of a type need one. */
  readonly registry?: SchemaRegistry;
  /** How what is published is compressed. Default `none`. What is read may be compressed in any way. */
  readonly compression?: Compression;
  /** Reads and writes zstd on a Node below 22.15, which does not know it. For all logs of the process. */
  readonly zstd?: ZstdCodec;
  /** How topics are made that `createTopic` makes. */
  readonly topics?: {
    /** How many brokers keep each partition. Default: what the cluster has by default. */
    readonly replicas?: number;
    /** Kafka's settings of a topic, such as `retention.ms`. */
    readonly config?: Readonly<Record<string, string>>;
  };
  /** How a job's processes notice that one of them is gone. */
  readonly group?: GroupTiming;
  /** Stands before a job's name in the id of its consumer group. Default: nothing. */
  readonly groupPrefix?: string;
  /** Bytes that are fetched of a partition at once. Default 4 MiB. Up to two such fetches are in memory. */
  readonly fetchBytes?: number;
}

/** What sinks of the same cluster need of a log. */
export interface KafkaLogParts {
  readonly client: KafkaClient;
  readonly topics: KafkaTopics;
  readonly options: KafkaLogOptions;
}

const partsOf = new WeakMap<EventLog, KafkaLogParts>();

/** @throws OptionError when the log is none of Kafka's. */
export function partsOfKafkaLog(log: EventLog): KafkaLogParts {
  const parts = partsOf.get(log);
  if (parts) return parts;
  throw new OptionError('the topic of a Kafka sink comes from a log that kafkaLog has made');
}

/**
 * Makes a log of a Kafka cluster. It connects when it is first used.
 *
 * Jobs read committed records only. The processes of a job are a consumer group by the job's name,
 * and share out the partitions among them.
 *
 * @throws OptionError when an option cannot work.
 *
 * @example
 * const log = kafkaLog({ brokers: ['localhost:9092'], registry: confluentRegistry({ url: 'http://localhost:8081/apis/ccompat/v7' }) });
 * await log.createTopic('plays', { partitions: 6 });
 * await log.topic('plays', Play).publish([{ at: 0, listener: 'ann' }]);
 */
export function kafkaLog(options: KafkaLogOptions): EventLog {
  const { registry = noRegistry, compression = 'none', fetchBytes = 4 * 1024 * 1024 } = options;
  if (!(Number.isSafeInteger(fetchBytes) && fetchBytes >= 1))
    throw new OptionError(`fetchBytes is a number of bytes, got ${fetchBytes}`);
  const client = new KafkaClient(checkConnection(options));
  const timing = checkTiming(options.group);
  const topics = new KafkaTopics(client);
  const publisher = new KafkaPublisher(client, compressionType(compression, options.zstd));
  const counts = new Map<string, Promise<number | undefined>>();
  const deletions = new Deletions();
  const closing = new AbortController();
  // Each reader that waits listens to it.
  setMaxListeners(0, closing.signal);
  const members = new Set<GroupMember>();
  const publishing = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;
  const checkOpen = () => {
    if (closed) throw new ClosedError('the log is closed');
  };

  /** A topic's count does not change under who publishes to it: its keys would move. */
  const knownPartitions = async (topic: string): Promise<number> => {
    const known = counts.get(topic) ?? topics.partitions(topic);
    counts.set(topic, known);
    const count = await known.catch(() => undefined);
    if (count !== undefined) return count;
    counts.delete(topic);
    await known;
    throw unknownTopic(topic);
  };

  const publish = async (topic: string, records: readonly NewRecord[]): Promise<void> => {
    const partitions = await knownPartitions(topic);
    const targets = records.map((record) => targetPartition(topic, partitions, record));
    await publisher.publish(
      topic,
      records.map((record, i) =>
        messageOf({ ...record, partition: targets[i] as number }, partitions),
      ),
    );
  };

  const log: EventLog = {
    registry,
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      const { replicas, config } = options.topics ?? {};
      await topics.create(topic, {
        partitions,
        ...(replicas !== undefined && { replicas }),
        // The log's clock, rather than the producers', tells when a record was logged.
        config: { 'message.timestamp.type': 'LogAppendTime', ...config },
      });
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      counts.delete(topic);
      await Promise.allSettled(publishing);
      await topics.delete(topic);
      counts.delete(topic);
      publisher.startOver();
      deletions.tell(topic);
    },
    async partitions(topic) {
      checkOpen();
      return topics.partitions(topic);
    },
    async publish(topic, records) {
      checkOpen();
      const published = publish(topic, records);
      publishing.add(published);
      await published.finally(() => publishing.delete(published));
    },
    async reader(topic, partition) {
      checkOpen();
      const ends = { logClosing: closing.signal, deleted: deletions.signalOf(topic) };
      const partitions = await topics.existing(topic);
      checkPartition(topic, partitions, partition);
      const fetcher = { client, topic, partition, maxBytes: fetchBytes };
      return new KafkaReader(fetcher, topics.offsets(topic, partition), ends);
    },
    async assign(job, names, listener) {
      checkOpen();
      await commonPartitions(names, (name) => topics.partitions(name));
      const partitionsOf = (topic: string) => topics.existing(topic);
      const member = new GroupMember({
        client,
        group: `${options.groupPrefix ?? ''}${job}`,
        topics: names,
        timing,
        partitionsOf,
        listener,
      });
      members.add(member);
      void member.ended.catch(() => {}).then(() => members.delete(member));
      return member.joined();
    },
    topic: (name, type) => typedTopic(log, name, type),
    close() {
      closed ??= (async () => {
        closing.abort();
        await Promise.all([...members].map((member) => member.close()));
        await Promise.allSettled(publishing);
        await publisher.close();
        await topics.close();
      })();
      return closed;
    },
  };
  partsOf.set(log, { client, topics, options });
  return log;
}

/** Makes a message of a record, for the partition that it names, or else that of its key. */
export function messageOf(
  { key, value, headers, partition }: NewRecord,
  partitions: number,
): Message {
  const { buffer, byteOffset, byteLength } = value;
  return {
    key,
    value: Buffer.isBuffer(value) ? value : Buffer.from(buffer, byteOffset, byteLength),
    partition: partition ?? partitionOf(key, partitions),
    ...(headers && { headers: { ...headers } }),
  };
}

function checkTiming(timing: GroupTiming = {}): Required<GroupTiming> {
  const { sessionTimeout = 15_000, rebalanceTimeout = 60_000, heartbeatInterval = 1_000 } = timing;
  const checked = { sessionTimeout, rebalanceTimeout, heartbeatInterval };
  for (const [name, ms] of Object.entries(checked))
    if (!(ms >= 1 && ms < Number.POSITIVE_INFINITY))
      throw new OptionError(`group.${name} is a number of milliseconds, got ${ms}`);
  if (heartbeatInterval * 2 > sessionTimeout)
    throw new OptionError(
      `group.sessionTimeout must be at least twice the heartbeatInterval of ${heartbeatInterval} ms, got ${sessionTimeout}`,
    );
  return checked;
}
