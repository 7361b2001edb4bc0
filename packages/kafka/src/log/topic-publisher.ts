import { type NewRecord, targetPartition, unknownTopic } from '@streamify/core/adapter';
import type { CompressionTypes } from 'kafkajs';
import type { KafkaClient } from '../client/kafka-client.ts';
import { KafkaPublisher } from '../produce/kafka-publisher.ts';
import { messageOf } from '../produce/message-of.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** Publishes to the topics of a log, each record to its partition. */
export class TopicPublisher {
  readonly #client: KafkaClient;
  readonly #topics: KafkaTopics;
  readonly #publisher: KafkaPublisher;
  /** Numbers of partitions by topic. They do not change under a publisher: keys would move. */
  readonly #counts = new Map<string, Promise<number | undefined>>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(client: KafkaClient, topics: KafkaTopics, compression: CompressionTypes) {
    this.#client = client;
    this.#topics = topics;
    this.#publisher = new KafkaPublisher(client, compression);
  }

  /**
   * Resolves once the records are stored on all replicas in sync.
   *
   * @throws UnknownTopicError, PartitionCountError.
   */
  async publish(topic: string, records: readonly NewRecord[]): Promise<void> {
    const published = this.#publish(topic, records);
    this.#underWay.add(published);
    await published.finally(() => this.#underWay.delete(published));
  }

  /** Resolves once the publishes under way have ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Forgets a topic that is deleted: one of its name is another, with partitions and numbers of its own. */
  forget(topic: string): void {
    this.#counts.delete(topic);
    this.#publisher.startOver();
  }

  /** Resolves once the publishes under way are done. Nothing may be published any more. */
  async close(): Promise<void> {
    await this.settled();
    await this.#publisher.close();
  }

  async #publish(topic: string, records: readonly NewRecord[]): Promise<void> {
    const partitions = await this.#partitionsOf(topic);
    const messages = records.map((record) =>
      messageOf(record, targetPartition(topic, partitions, record)),
    );
    await this.#publisher.publish(this.#client.namespace.inKafka(topic), messages);
  }

  async #partitionsOf(topic: string): Promise<number> {
    const known = this.#counts.get(topic) ?? this.#topics.partitions(topic);
    this.#counts.set(topic, known);
    const count = await known.catch(() => undefined);
    if (count !== undefined) return count;
    this.#counts.delete(topic);
    await known;
    throw unknownTopic(topic);
  }
}
