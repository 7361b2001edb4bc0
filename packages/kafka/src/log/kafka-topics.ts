import { type Bounds, checkSameCount, unknownTopic } from '@streamify/core';
import type { Admin, Cluster } from 'kafkajs';
import { rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { persist } from '../client/persist.ts';
import type { PartitionOffsets } from './kafka-reader.ts';

/** How a topic is made. */
export interface TopicSettings {
  readonly partitions: number;
  /** How many brokers keep each partition. Default: what the cluster has by default. */
  readonly replicas?: number;
  /** Kafka's settings of a topic, such as `retention.ms`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Topics of a cluster: made, counted, and how far they reach. */
export class KafkaTopics {
  readonly #client: KafkaClient;
  /** One connection for all questions; it is made anew after a failure. */
  #admin: Promise<Admin> | undefined;
  #cluster: Promise<Cluster> | undefined;

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  /**
   * Makes a topic, or does nothing when it exists with as many partitions.
   *
   * @throws PartitionCountError when it exists with another count.
   */
  async create(topic: string, { partitions, replicas = -1, config = {} }: TopicSettings) {
    const existing = await this.partitions(topic);
    if (existing !== undefined) return checkSameCount(topic, existing, partitions);
    await this.#ask(`create topic ${topic}`, (admin) =>
      admin.createTopics({
        topics: [
          {
            topic,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    );
    // Somebody else may have been faster, with another count; and brokers hear of it one by one.
    const created = await persist(
      this.#client.connection,
      `find the new topic ${topic}`,
      async () => {
        const count = await this.partitions(topic);
        if (count !== undefined) return count;
        throw notKnownYet(topic);
      },
    );
    checkSameCount(topic, created, partitions);
  }

  /** Number of partitions, `undefined` when there is no such topic. */
  partitions(topic: string): Promise<number | undefined> {
    return this.#ask(`look up topic ${topic}`, async (admin) => {
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length;
      } catch (cause) {
        if (rootOf(cause).type === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
        throw cause;
      }
    });
  }

  /** @throws UnknownTopicError when there is no such topic. */
  async existing(topic: string): Promise<number> {
    const partitions = await this.partitions(topic);
    if (partitions === undefined) throw unknownTopic(topic);
    return partitions;
  }

  /** How far a partition reaches, as a reader of committed records sees it. */
  offsets(topic: string, partition: number): PartitionOffsets {
    const find = async (place: { fromBeginning: boolean } | { fromTimestamp: number }) => {
      this.#cluster ??= this.#connect();
      const cluster = await this.#cluster;
      await cluster.addTargetTopic(topic);
      const [found] = await cluster.fetchTopicsOffset([
        { topic, partitions: [{ partition }], ...place },
      ]);
      const offset = found?.partitions[0]?.offset;
      if (offset === undefined) throw notKnownYet(`${topic}/${partition}`);
      return Number(offset);
    };
    const ask = <T>(work: () => Promise<T>): Promise<T> =>
      persist(this.#client.connection, `ask for the offsets of ${topic}/${partition}`, async () => {
        try {
          return await work();
        } catch (cause) {
          await this.#leaveCluster();
          throw cause;
        }
      });
    const bounds = async (): Promise<Bounds> => {
      const [start, end] = await Promise.all([
        find({ fromBeginning: true }),
        find({ fromBeginning: false }),
      ]);
      return { start, end };
    };
    return {
      bounds: () => ask(bounds),
      offsetAt: (timestamp) =>
        ask(async () => {
          // Negative times have a meaning of their own there.
          const offset = await find({ fromTimestamp: Math.max(0, Math.ceil(timestamp)) });
          return offset === -1 ? (await bounds()).end : offset;
        }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#leaveAdmin(), this.#leaveCluster()]);
  }

  #ask<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    return persist(this.#client.connection, what, async () => {
      try {
        this.#admin ??= this.#connectAdmin();
        return await work(await this.#admin);
      } catch (cause) {
        await this.#leaveAdmin();
        throw cause;
      }
    });
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.#client.admin();
    await admin.connect();
    return admin;
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.#client.cluster();
    await cluster.connect();
    return cluster;
  }

  async #leaveAdmin(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.then((each) => each.disconnect()).catch(() => {});
  }

  async #leaveCluster(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.then((each) => each.disconnect()).catch(() => {});
  }
}

/** Passes with fresh metadata. */
function notKnownYet(what: string): Error {
  const failure = new Error(`the metadata does not have ${what} yet`);
  return Object.assign(failure, { type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true });
}
