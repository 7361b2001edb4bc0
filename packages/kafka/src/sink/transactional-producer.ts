import { setTimeout } from 'node:timers/promises';
import type { Cluster, CompressionTypes } from 'kafkajs';
import { type KafkaFailure, mayPass, rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { persist } from '../client/persist.ts';
import type { Coordinator, ProducerIdentity } from './coordinator.ts';
import { type NumberedBatch, topicDataOf } from './numbered-batch.ts';
import { type PartitionMessages, requestsOf } from './requests-of.ts';

export interface TransactionalProducerOptions {
  readonly client: KafkaClient;
  readonly transactionalId: string;
  /** Milliseconds after which the cluster aborts what is not ended. */
  readonly transactionTimeout: number;
  readonly compression: CompressionTypes;
  /** Most bytes of one partition in a request, unless a message has more. */
  readonly maxBatchBytes: number;
}

/** What a commit has come to. Where nothing was answered, only the log can tell. */
export type EndOfTransaction = { readonly answered: true } | Unanswered;

interface Unanswered {
  readonly answered: false;
  readonly cause: Error;
}

interface ProduceResponse {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[];
  }[];
}

/** Coordinator of transactions, in Kafka's protocol. */
const TRANSACTION = 1;
const sequences = 2 ** 31;
/** Requests that a broker has at a time. */
const inFlight = 5;

const idOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}/${partition}`;

/**
 * Writes transactions under one transactional id.
 *
 * Requests go to the brokers directly, since kafkajs' own producer does not let its caller tell a
 * commit that was refused from one that was not answered, sends messages twice when one of several
 * brokers fails, cannot be used after a failure, and groups messages in quadratic time. Whether to
 * go on after a failure is the caller's decision; all that this repeats are requests that have no
 * effect the second time.
 */
export class TransactionalProducer {
  readonly #options: TransactionalProducerOptions;
  #cluster: Promise<Cluster> | undefined;
  #coordinator: Promise<Coordinator> | undefined;
  #identity: ProducerIdentity | undefined;
  #isOpen = false;
  /** Number of the next message, by topic and partition. */
  readonly #sequences = new Map<string, number>();
  /** Offset of the last message, by topic and partition. */
  readonly #offsets = new Map<string, number>();

  constructor(options: TransactionalProducerOptions) {
    this.#options = options;
  }

  /** Fences whoever has the transactional id, and aborts what they left open. */
  async fenceOthers(): Promise<void> {
    const { transactionalId, transactionTimeout } = this.#options;
    this.#identity = await this.#ask((coordinator) =>
      coordinator.initProducerId({ transactionalId, transactionTimeout }),
    );
    this.#sequences.clear();
    this.#isOpen = false;
  }

  /** Writes messages, in a transaction that begins here. */
  async send(parts: readonly PartitionMessages[]): Promise<void> {
    const { transactionalId } = this.#options;
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
    const leaders = await this.#byLeader(parts);
    const sent = await Promise.allSettled([...leaders].map(([id, own]) => this.#sendTo(id, own)));
    for (const each of sent) if (each.status === 'rejected') throw each.reason;
  }

  /** The offset at which the last message for a partition stands. */
  lastOffset(topic: string, partition: number): number {
    return this.#offsets.get(idOf({ topic, partition })) ?? -1;
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

  /** Aborts what is open. Where that fails, the cluster does it: for the next owner, or at the time-out. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { transactionalId } = this.#options;
    const end = { ...this.#producer, transactionalId, transactionResult: false };
    await this.#coordinator?.then((coordinator) => coordinator.endTxn(end)).catch(() => {});
  }

  /** Aborts what is open, and disconnects. */
  async close(): Promise<void> {
    await this.abort();
    await this.#leave(this.#cluster);
  }

  get #producer(): ProducerIdentity {
    const { producerId, producerEpoch } = this.#identity as ProducerIdentity;
    return { producerId, producerEpoch };
  }

  readonly #numbered = (part: PartitionMessages): NumberedBatch => {
    const id = idOf(part);
    const firstSequence = this.#sequences.get(id) ?? 0;
    this.#sequences.set(id, (firstSequence + part.messages.length) % sequences);
    return { ...part, firstSequence };
  };

  /**
   * Sends messages to one broker, several requests before the first is answered, so that it works
   * while we do something else. Those of one partition wait for each other, as they might overtake
   * one another on their way. From the first that fails on, they are sent one by one.
   */
  async #sendTo(nodeId: string, parts: readonly PartitionMessages[]): Promise<void> {
    const requests = [...requestsOf(parts, this.#options.maxBatchBytes)].map((request) =>
      request.map(this.#numbered),
    );
    const failed = new Set<number>();
    const last = new Map<string, Promise<unknown>>();
    let next = 0;
    const send = async (cluster: Cluster | undefined) => {
      for (; cluster && next < requests.length && failed.size === 0; ) {
        const at = next++;
        const request = requests[at] as readonly NumberedBatch[];
        const sent = Promise.all(request.map((batch) => last.get(idOf(batch))))
          .then(async () => {
            if (failed.size > 0) failed.add(at);
            else await this.#produceOnce(cluster, nodeId, request);
          })
          .catch(() => failed.add(at));
        for (const batch of request) last.set(idOf(batch), sent);
        await sent;
      }
    };
    const cluster = await this.#cluster?.catch(() => undefined);
    await Promise.all(Array.from({ length: inFlight }, () => send(cluster)));
    for (const [at, request] of requests.entries())
      if (failed.has(at) || at >= next) await this.#produce(request);
  }

  /** Sends one request, and again until it is answered: brokers know batches by their numbers. */
  async #produce(batches: readonly NumberedBatch[]): Promise<void> {
    await this.#persist(async (cluster) => {
      for (const [nodeId, own] of await this.#byLeader(batches))
        await this.#produceOnce(cluster, nodeId, own);
    });
  }

  async #produceOnce(
    cluster: Cluster,
    nodeId: string,
    batches: readonly NumberedBatch[],
  ): Promise<void> {
    const broker = await cluster.findBroker({ nodeId });
    const response: ProduceResponse = await broker.produce({
      ...this.#producer,
      transactionalId: this.#options.transactionalId,
      acks: -1,
      compression: this.#options.compression,
      topicData: topicDataOf(batches),
    });
    this.#note(response, batches);
  }

  #note({ topics }: ProduceResponse, batches: readonly NumberedBatch[]): void {
    const bases = new Map<string, number>();
    for (const { topicName, partitions } of topics)
      for (const { partition, baseOffset } of partitions)
        bases.set(`${topicName}/${partition}`, Number(baseOffset));
    for (const batch of batches) {
      const id = idOf(batch);
      this.#offsets.set(id, (bases.get(id) ?? -1) + batch.messages.length - 1);
    }
  }

  async #byLeader<P extends PartitionMessages>(parts: readonly P[]): Promise<Map<string, P[]>> {
    return this.#persist(async (cluster) => {
      await cluster.addMultipleTargetTopics([...new Set(parts.map(({ topic }) => topic))]);
      const byLeader = new Map<string, P[]>();
      for (const part of parts) {
        const leaders = cluster.findLeaderForPartitions(part.topic, [part.partition]);
        const [leader = ''] = Object.keys(leaders);
        const own = byLeader.get(leader);
        if (own) own.push(part);
        else byLeader.set(leader, [part]);
      }
      return byLeader;
    });
  }

  /** Asks the coordinator, for as long as it is at the end of the transaction before. */
  #ask<T>(request: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    return this.#persist(async (cluster) => {
      this.#coordinator ??= this.#findCoordinator(cluster);
      const coordinator = await this.#coordinator;
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

  /** Works with a connection, and with a new one after a failure that may pass. */
  #persist<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const { client, transactionalId } = this.#options;
    return persist(client.connection, `write as ${transactionalId}`, async () => {
      this.#cluster ??= this.#connect();
      const connecting = this.#cluster;
      try {
        return await work(await connecting);
      } catch (cause) {
        if (mayPass(rootOf(cause))) await this.#leave(connecting);
        throw cause;
      }
    });
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.#options.client.cluster();
    try {
      await cluster.connect();
      return cluster;
    } catch (cause) {
      await cluster.disconnect();
      throw cause;
    }
  }

  /** Disconnects, unless somebody else has done so and connected anew. */
  async #leave(connecting: Promise<Cluster> | undefined): Promise<void> {
    if (!connecting || this.#cluster !== connecting) return;
    this.#cluster = undefined;
    this.#coordinator = undefined;
    await connecting.then((cluster) => cluster.disconnect()).catch(() => {});
  }
}

/** Whether a broker has said no; otherwise a request may have been lost, or its answer. */
function isAnswer({ type }: KafkaFailure): boolean {
  return type !== undefined;
}
