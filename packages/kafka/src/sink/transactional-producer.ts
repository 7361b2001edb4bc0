import { setTimeout } from 'node:timers/promises';
import type { Cluster, CompressionTypes } from 'kafkajs';
import { type KafkaFailure, rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { LastingConnection } from '../client/lasting-connection.ts';
import { BatchSender, type ProducerIdentity } from '../produce/batch-sender.ts';
import type { PartitionMessages } from '../produce/requests-of.ts';
import type { Coordinator } from './coordinator.ts';

export interface TransactionalProducerOptions {
  readonly client: KafkaClient;
  readonly transactionalId: string;
  /** Milliseconds after which the cluster aborts a transaction that was not ended. */
  readonly transactionTimeout: number;
  readonly compression: CompressionTypes;
  /** Most bytes of one partition in a request, unless a message has more. */
  readonly maxBatchBytes: number;
}

/** The outcome of a commit. Where no broker has answered, only the log can tell. */
export type EndOfTransaction = { readonly answered: true } | Unanswered;

interface Unanswered {
  readonly answered: false;
  readonly cause: Error;
}

/** Coordinator of transactions, in Kafka's protocol. */
const TRANSACTION = 1;

/**
 * Writes transactions under one transactional id.
 *
 * Requests go to the brokers directly, since kafkajs' own producer does not let its caller tell a
 * commit that was refused from one that was not answered, and cannot be used after a failure. Whether to
 * go on after a failure is the caller's decision: only requests that have no effect the second time are
 * repeated.
 */
export class TransactionalProducer {
  readonly #options: TransactionalProducerOptions;
  readonly #connection: LastingConnection<Cluster>;
  readonly #sender: BatchSender;
  /** The coordinator of the transactions, by the connection that has found it. */
  readonly #coordinators = new WeakMap<Cluster, Promise<Coordinator>>();
  #identity: ProducerIdentity | undefined;
  #isOpen = false;

  constructor(options: TransactionalProducerOptions) {
    this.#options = options;
    const { client, transactionalId } = options;
    this.#connection = client.lasting(`write as ${transactionalId}`);
    this.#sender = new BatchSender({ ...options, connection: this.#connection });
  }

  /** Fences the producer that has the transactional id, and aborts the transaction that it left open. */
  async fenceOthers(): Promise<void> {
    const { transactionalId, transactionTimeout } = this.#options;
    this.#identity = await this.#ask((coordinator) =>
      coordinator.initProducerId({ transactionalId, transactionTimeout }),
    );
    this.#sender.begin(this.#identity);
    this.#isOpen = false;
  }

  /** Writes messages, in a transaction that begins here. */
  async send(messages: readonly PartitionMessages[]): Promise<void> {
    const { client, transactionalId } = this.#options;
    const { inKafka } = client.namespace;
    const parts = messages.map((part) => ({ ...part, topic: inKafka(part.topic) }));
    const partitionsByTopic = new Map<string, number[]>();
    for (const { topic, partition } of parts) {
      const partitions = partitionsByTopic.get(topic);
      if (partitions) partitions.push(partition);
      else partitionsByTopic.set(topic, [partition]);
    }
    const topics = [...partitionsByTopic].map(([topic, partitions]) => ({ topic, partitions }));
    this.#isOpen = true;
    await this.#ask((coordinator) =>
      coordinator.addPartitionsToTxn({ ...this.#producer, transactionalId, topics }),
    );
    await this.#sender.send(parts);
  }

  /** The offset at which the last message for a partition stands. */
  lastOffset(topic: string, partition: number): number {
    const { inKafka } = this.#options.client.namespace;
    return this.#sender.lastOffset(inKafka(topic), partition);
  }

  /**
   * Commits the transaction. A request that was not answered is not repeated: a copy of it that
   * arrives late would end the next transaction.
   */
  async commit(): Promise<EndOfTransaction> {
    const { transactionalId } = this.#options;
    const request = { ...this.#producer, transactionalId, transactionResult: true };
    const end = await this.#ask(async (coordinator): Promise<EndOfTransaction> => {
      try {
        await coordinator.endTxn(request);
        return { answered: true };
      } catch (cause) {
        const failure = rootOf(cause);
        if (isAnswer(failure)) throw failure;
        return { answered: false, cause: failure };
      }
    });
    if (end.answered) this.#isOpen = false;
    return end;
  }

  /** Aborts the open transaction. Where that fails, the cluster does it: for the next owner, or at the time-out. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { transactionalId } = this.#options;
    const end = { ...this.#producer, transactionalId, transactionResult: false };
    const cluster = await this.#connection.connected();
    const coordinator = cluster && this.#coordinators.get(cluster);
    await coordinator?.then((each) => each.endTxn(end)).catch(() => {});
  }

  /** Aborts the open transaction, and disconnects. */
  async close(): Promise<void> {
    await this.abort();
    await this.#connection.close();
  }

  get #producer(): ProducerIdentity {
    const { producerId, producerEpoch } = this.#identity as ProducerIdentity;
    return { producerId, producerEpoch };
  }

  /** Asks the coordinator, for as long as it is at the end of the transaction before. */
  #ask<T>(request: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    return this.#connection.persist(async (cluster) => {
      const finding = this.#coordinators.get(cluster) ?? this.#findCoordinator(cluster);
      this.#coordinators.set(cluster, finding);
      const coordinator = await finding;
      const until = performance.now() + this.#options.client.connection.patience;
      for (let delay = 1; ; delay = Math.min(50, 2 * delay)) {
        try {
          return await request(coordinator);
        } catch (cause) {
          const { type } = rootOf(cause);
          if (type !== 'CONCURRENT_TRANSACTIONS' || performance.now() > until) throw cause;
          await setTimeout(delay);
        }
      }
    });
  }

  async #findCoordinator(cluster: Cluster): Promise<Coordinator> {
    const sought = { groupId: this.#options.transactionalId, coordinatorType: TRANSACTION };
    return (await cluster.findGroupCoordinator(sought)) as Coordinator;
  }
}

/** Whether a broker has said no; otherwise a request may have been lost, or its answer. */
function isAnswer({ type }: KafkaFailure): boolean {
  return type !== undefined;
}
