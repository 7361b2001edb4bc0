import { ClosedError } from '@streamify/core';
import { deletedTopic } from '@streamify/core/adapter';
import type { Cluster } from 'kafkajs';
import { rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { persist } from '../client/persist.ts';
import type { FetchResponse } from '../wire/fetch-response.ts';
import { FetchedRecords, readRecordSet } from '../wire/read-record-set.ts';
import { topicIdIn } from './topic-id.ts';

/** The partition to fetch from, and how much at once. */
export interface FetcherOptions {
  readonly client: KafkaClient;
  readonly topic: string;
  readonly partition: number;
  /** Bytes of a fetch, compressed where the topic is. A larger batch of records is fetched all the same. */
  readonly maxBytes: number;
  /** The id of the topic; `undefined` where the cluster has none. */
  readonly topicId: string | undefined;
}

/**
 * Fetches committed records of one partition over a connection of its own: a broker answers the
 * requests of a connection one by one, so that a wait for records would hold up all others.
 *
 * A connection that fails, or gives no answer in time, is left behind, and the next has fresh metadata.
 */
export class PartitionFetcher {
  readonly #options: FetcherOptions;
  #cluster: Promise<Cluster> | undefined;
  #isClosed = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /**
   * Waits up to `maxWait` milliseconds for a record at `from` or behind it.
   *
   * @throws KafkaJSOffsetOutOfRange, BrokerUnavailableError, KafkaAccessError, UnknownTopicError.
   */
  fetch(from: number, maxWait: number, signal: AbortSignal): Promise<FetchedRecords> {
    const { client, partition } = this.#options;
    const what = `read ${this.#topicInKafka}/${partition}`;
    return persist(client.connection, what, () => this.#tryToFetch(from, maxWait), signal);
  }

  /**
   * Leaves the connection behind, with the answer that it waits for. kafkajs closes it once the answer
   * has come, for which nobody needs to wait.
   */
  leave(): void {
    this.#leave(this.#cluster);
  }

  /** Leaves the connection, and makes no other. */
  close(): void {
    this.#isClosed = true;
    this.leave();
  }

  get #topicInKafka(): string {
    const { client, topic } = this.#options;
    return client.namespace.inKafka(topic);
  }

  async #tryToFetch(from: number, maxWait: number): Promise<FetchedRecords> {
    const { partition, maxBytes } = this.#options;
    const topic = this.#topicInKafka;
    if (this.#isClosed) throw new ClosedError('the reader is closed');
    this.#cluster ??= this.#connect();
    const connection = this.#cluster;
    try {
      const cluster = await connection;
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      const broker = await cluster.findBroker({ nodeId: nodeId ?? '' });
      const response: FetchResponse = await broker.fetch({
        // Committed records only.
        isolationLevel: 1,
        maxWaitTime: Math.ceil(maxWait),
        minBytes: 1,
        maxBytes,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes }] }],
      });
      const fetched = response.responses[0]?.partitions[0];
      return fetched ? readRecordSet(fetched, from) : new FetchedRecords([], from, from);
    } catch (cause) {
      if (rootOf(cause).name !== 'KafkaJSOffsetOutOfRange') this.#leave(connection);
      throw cause;
    }
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.#options.client.cluster();
    try {
      await cluster.connect();
      await cluster.addTargetTopic(this.#topicInKafka);
      await this.#checkSame(cluster);
      return cluster;
    } catch (cause) {
      await cluster.disconnect();
      throw cause;
    }
  }

  /** @throws UnknownTopicError when the topic is another one of that name by now. */
  async #checkSame(cluster: Cluster): Promise<void> {
    const { topic, topicId } = this.#options;
    if (topicId === undefined) return;
    const now = await topicIdIn(cluster, this.#topicInKafka);
    if (now !== undefined && now !== topicId) throw deletedTopic(topic);
  }

  #leave(connection: Promise<Cluster> | undefined): void {
    if (this.#cluster === connection) this.#cluster = undefined;
    connection?.then((cluster) => cluster.disconnect()).catch(() => {});
  }
}
