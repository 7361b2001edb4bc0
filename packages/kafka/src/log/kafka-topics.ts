import { type Bounds, checkSameCount, checkTopicName, unknownTopic } from '@streamify/core/adapter';
import type { Admin, Cluster } from 'kafkajs';
import { rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { LastingConnection } from '../client/lasting-connection.ts';
import { persist } from '../client/persist.ts';
import type { PartitionOffsets } from './kafka-reader.ts';
import { notInStep } from './not-in-step.ts';
import { topicIdIn } from './topic-id.ts';
import { writtenEnd } from './written-end.ts';

/** Settings of a new topic. */
export interface TopicSettings {
  readonly partitions: number;
  /** How many brokers keep each partition. Default: what the cluster has by default. */
  readonly replicas?: number;
  /** Kafka's settings of a topic, such as `retention.ms`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** The topics of a namespace, by their short names: made, counted, deleted, and how far they reach. */
export class KafkaTopics {
  readonly #client: KafkaClient;
  readonly #admin: LastingConnection<Admin>;
  readonly #cluster: LastingConnection<Cluster>;

  constructor(client: KafkaClient) {
    this.#client = client;
    this.#admin = new LastingConnection(client.connection, 'ask for topics', () => client.admin());
    this.#cluster = client.lasting('ask for offsets');
  }

  /**
   * Makes a topic, or does nothing when it exists with as many partitions.
   *
   * @throws PartitionCountError when it exists with another count.
   */
  async create(topic: string, { partitions, replicas = -1, config = {} }: TopicSettings) {
    const name = this.#client.namespace.inKafka(topic);
    checkTopicName(name);
    const existing = await this.partitions(topic);
    if (existing !== undefined) return checkSameCount(topic, existing, partitions);
    await this.#admin.persist(
      (admin) =>
        admin.createTopics({
          topics: [
            {
              topic: name,
              numPartitions: partitions,
              replicationFactor: replicas,
              configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
            },
          ],
        }),
      `create topic ${name}`,
    );
    // Somebody else may have been faster, with another count; and brokers hear of it one by one.
    const created = await persist(
      this.#client.connection,
      `find the new topic ${name}`,
      async () => {
        const count = await this.partitions(topic);
        if (count !== undefined) return count;
        throw notInStep(`the metadata does not have ${name} yet`);
      },
    );
    checkSameCount(topic, created, partitions);
  }

  /** Deletes a topic, or does nothing when there is none. Brokers no longer know it when this resolves. */
  async delete(topic: string): Promise<void> {
    if ((await this.partitions(topic)) === undefined) return;
    const name = this.#client.namespace.inKafka(topic);
    await this.#admin.persist(async (admin) => {
      try {
        await admin.deleteTopics({ topics: [name] });
      } catch (cause) {
        // An answer was lost, or somebody else was faster.
        if (rootOf(cause).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw cause;
      }
    }, `delete topic ${name}`);
    await persist(this.#client.connection, `see topic ${name} gone`, async () => {
      if ((await this.partitions(topic)) === undefined) return;
      throw notInStep(`the metadata still has ${name}`);
    });
  }

  /** Number of partitions, `undefined` when there is no such topic. */
  partitions(topic: string): Promise<number | undefined> {
    const name = this.#client.namespace.inKafka(topic);
    return this.#admin.persist(async (admin) => {
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
        return topics[0]?.partitions.length;
      } catch (cause) {
        const failure = rootOf(cause);
        if (failure.type === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
        // kafkajs stumbles over a topic that it remembers and no broker knows: a fresh one remembers none.
        if (failure instanceof TypeError) throw notInStep(`no broker answers for topic ${name}`);
        throw cause;
      }
    }, `look up topic ${name}`);
  }

  /** The id of a topic; `undefined` when there is no such topic, or the cluster is older than topic ids. */
  topicId(topic: string): Promise<string | undefined> {
    const name = this.#client.namespace.inKafka(topic);
    return this.#cluster.persist(
      (cluster) => topicIdIn(cluster, name),
      `look up the id of topic ${name}`,
    );
  }

  /** @throws UnknownTopicError when there is no such topic. */
  async existing(topic: string): Promise<number> {
    const partitions = await this.partitions(topic);
    if (partitions === undefined) throw unknownTopic(topic);
    return partitions;
  }

  /** How far a partition reaches, as a reader of committed records sees it. */
  offsets(topic: string, partition: number): PartitionOffsets {
    const name = this.#client.namespace.inKafka(topic);
    const find = async (
      cluster: Cluster,
      place: { fromBeginning: boolean } | { fromTimestamp: number },
    ) => {
      const [found] = await cluster.fetchTopicsOffset([
        { topic: name, partitions: [{ partition }], ...place },
      ]);
      const offset = found?.partitions[0]?.offset;
      if (offset === undefined)
        throw notInStep(`the metadata does not have ${name}/${partition} yet`);
      return Number(offset);
    };
    const ask = <T>(work: (cluster: Cluster) => Promise<T>): Promise<T> =>
      this.#cluster.persist(async (cluster) => {
        await cluster.addTargetTopic(name);
        return work(cluster);
      }, `ask for the offsets of ${name}/${partition}`);
    const bounds = async (cluster: Cluster): Promise<Bounds> => {
      const [start, end] = await Promise.all([
        find(cluster, { fromBeginning: true }),
        find(cluster, { fromBeginning: false }),
      ]);
      return { start, end };
    };
    return {
      bounds: () => ask(bounds),
      written: () => ask((cluster) => writtenEnd(cluster, name, partition)),
      offsetAt: (timestamp) =>
        ask(async (cluster) => {
          // Negative times have a meaning of their own there.
          const offset = await find(cluster, {
            fromTimestamp: Math.max(0, Math.ceil(timestamp)),
          });
          return offset === -1 ? (await bounds(cluster)).end : offset;
        }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.close(), this.#cluster.close()]);
  }
}
