import { ClosedError, type EventLog, OptionError, type SchemaRegistry } from '@streamify/core';
import { checkOptions, checkPartitions, checkTopicName, typedTopic } from '@streamify/core/adapter';
import { checkConnection } from '../client/connection-options.ts';
import { KafkaClient } from '../client/kafka-client.ts';
import { namespaceOf } from '../client/namespace.ts';
import { compressionType } from '../wire/codecs.ts';
import { GroupMembers } from './group-members.ts';
import {
  checkFetchBytes,
  checkTiming,
  type KafkaLogOptions,
  kafkaLogNames,
  timingNames,
} from './kafka-log-options.ts';
import { KafkaReaders } from './kafka-readers.ts';
import { KafkaTopics } from './kafka-topics.ts';
import { namespacedRegistry } from './namespaced-registry.ts';
import { noRegistry } from './no-registry.ts';
import { TopicPublisher } from './topic-publisher.ts';

/** The parts of a log that sinks of the same cluster use. */
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
  checkOptions('kafkaLog', options, kafkaLogNames);
  checkOptions('topics of kafkaLog', options.topics ?? {}, { replicas: true, config: true });
  checkOptions('group of kafkaLog', options.group ?? {}, timingNames);
  const { registry = noRegistry, compression = 'none', zstd } = options;
  const client = new KafkaClient(checkConnection(options), namespaceOf(options.namespace));
  const topics = new KafkaTopics(client);
  const members = new GroupMembers({ client, topics, timing: checkTiming(options.group) });
  const publisher = new TopicPublisher(client, topics, compressionType(compression, zstd));
  const readers = new KafkaReaders({
    client,
    topics,
    maxBytes: checkFetchBytes(options.fetchBytes),
  });
  const log = logOf({ client, topics, options, members, publisher, readers, registry });
  partsOf.set(log, { client, topics, options });
  return log;
}

/** All parts of a log. */
interface Parts extends KafkaLogParts {
  readonly members: GroupMembers;
  readonly publisher: TopicPublisher;
  readonly readers: KafkaReaders;
  readonly registry: SchemaRegistry;
}

function logOf({ client, topics, options, members, publisher, readers, registry }: Parts) {
  let closed: Promise<void> | undefined;
  const checkOpen = () => {
    if (closed) throw new ClosedError('the log is closed');
  };
  const closeAll = async () => {
    readers.close();
    await members.close();
    await publisher.close();
    await topics.close();
  };

  const log: EventLog = {
    registry: namespacedRegistry(registry, client.namespace),
    async createTopic(topic, { partitions }) {
      checkOpen();
      checkTopicName(topic);
      checkPartitions(topic, partitions);
      await topics.create(topic, settingsOf(options, partitions));
    },
    async deleteTopic(topic) {
      checkOpen();
      checkTopicName(topic);
      await publisher.settled();
      await topics.delete(topic);
      publisher.forget(topic);
      readers.endOf(topic);
    },
    async partitions(topic) {
      checkOpen();
      return topics.partitions(topic);
    },
    async topicId(topic) {
      checkOpen();
      return topics.topicId(topic);
    },
    async publish(topic, records) {
      checkOpen();
      await publisher.publish(topic, records);
    },
    async reader(topic, partition) {
      checkOpen();
      return readers.open(topic, partition);
    },
    async assign(job, names, listener) {
      checkOpen();
      return members.join(job, names, listener);
    },
    topic: (name, type, options) => typedTopic(log, name, type, options),
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
  return log;
}

function settingsOf({ topics: { replicas, config } = {} }: KafkaLogOptions, partitions: number) {
  return {
    partitions,
    ...(replicas !== undefined && { replicas }),
    // The log's clock, rather than the producers', tells when a record was logged.
    config: { 'message.timestamp.type': 'LogAppendTime', ...config },
  };
}
