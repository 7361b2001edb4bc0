import { PartitionCountError } from '@streamify/core';
import { rootOf } from '../client/failure.ts';
import { persist } from '../client/persist.ts';
import type { KafkaLogParts } from '../log/kafka-log.ts';
import type { TopicSettings } from '../log/kafka-topics.ts';

/**
 * Makes a topic with at least as many partitions: creates it, or adds what it lacks. Several
 * processes may do so at once.
 */
export async function ensurePartitions(
  { client, topics }: KafkaLogParts,
  topic: string,
  settings: TopicSettings,
): Promise<void> {
  const { partitions: wanted } = settings;
  const name = client.namespace.inKafka(topic);
  const existing = await topics.partitions(topic);
  if (existing === undefined) {
    try {
      return await topics.create(topic, settings);
    } catch (cause) {
      // Somebody else has made it, with another count.
      if (!(cause instanceof PartitionCountError)) throw cause;
    }
  }
  if (existing !== undefined && existing >= wanted) return;
  await persist(client.connection, `add partitions to topic ${name}`, async () => {
    if (((await topics.partitions(topic)) ?? 0) >= wanted) return;
    const admin = client.admin();
    try {
      await admin.connect();
      await admin.createPartitions({ topicPartitions: [{ topic: name, count: wanted }] });
    } catch (cause) {
      // Somebody else may have been faster, and added more.
      if (rootOf(cause).type !== 'INVALID_PARTITIONS') throw cause;
    } finally {
      await admin.disconnect();
    }
    // Brokers hear of it one by one.
    if (((await topics.partitions(topic)) ?? 0) < wanted)
      throw Object.assign(new Error('no broker knows them yet'), {
        type: 'UNKNOWN_TOPIC_OR_PARTITION',
        retriable: true,
      });
  });
}
