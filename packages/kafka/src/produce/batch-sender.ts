import type { Cluster, CompressionTypes } from 'kafkajs';
import { rootOf } from '../client/failure.ts';
import type { LastingConnection } from '../client/lasting-connection.ts';
import { type NumberedBatch, topicDataOf } from './numbered-batch.ts';
import { type PartitionMessages, requestsOf } from './requests-of.ts';
import { splitUp, tooLarge } from './too-large.ts';

/** A producer as the cluster knows it. A later epoch of the same id fences the one before. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** The connection to send over, compression, and bounds of a request. */
export interface BatchSenderOptions {
  readonly connection: LastingConnection<Cluster>;
  readonly compression: CompressionTypes;
  /** Most bytes of one partition in a request, unless a message has more. */
  readonly maxBatchBytes: number;
  /** The id of the transaction that the messages belong to; `undefined` where each is stored by itself. */
  readonly transactionalId?: string;
}

interface ProduceResponse {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly baseOffset: string }[];
  }[];
}

const sequences = 2 ** 31;
/** Most requests that are under way to a broker. */
const inFlight = 5;

/** Names a partition. */
function partitionId({ topic, partition }: Omit<PartitionMessages, 'messages'>): string {
  return `${topic}/${partition}`;
}

/**
 * Sends messages, each once: brokers know the batches of a producer by their numbers, so a request
 * may be repeated until it is answered.
 *
 * Requests go to the brokers directly. When one of several brokers has failed, kafkajs' own producer
 * repeats the messages of all of them under new numbers, so that some are stored twice; and it groups
 * messages in quadratic time.
 */
export class BatchSender {
  readonly #options: BatchSenderOptions;
  #identity: ProducerIdentity = { producerId: -1, producerEpoch: -1 };
  /** Number of the next message, by partition. */
  readonly #sequences = new Map<string, number>();
  /** Offset of the last message, by partition. */
  readonly #offsets = new Map<string, number>();

  constructor(options: BatchSenderOptions) {
    this.#options = options;
  }

  /** Starts to number messages under a new identity. */
  begin({ producerId, producerEpoch }: ProducerIdentity): void {
    this.#identity = { producerId, producerEpoch };
    this.#sequences.clear();
  }

  /**
   * Sends messages, those of each partition in their order.
   *
   * After a failure nobody knows which messages are stored, and the numbers cannot be used any more.
   */
  async send(parts: readonly PartitionMessages[]): Promise<void> {
    const leaders = await this.#byLeader(parts);
    const sent = await Promise.allSettled([...leaders].map(([id, own]) => this.#sendTo(id, own)));
    for (const each of sent) if (each.status === 'rejected') throw each.reason;
  }

  /** The offset at which the last message for a partition stands. */
  lastOffset(topic: string, partition: number): number {
    return this.#offsets.get(partitionId({ topic, partition })) ?? -1;
  }

  readonly #numbered = (part: PartitionMessages): NumberedBatch => {
    const id = partitionId(part);
    const firstSequence = this.#sequences.get(id) ?? 0;
    this.#sequences.set(id, (firstSequence + part.messages.length) % sequences);
    return { ...part, firstSequence };
  };

  /**
   * Sends messages to one broker, several requests before the first is answered, so that it works
   * while we do something else. Requests for one partition wait for each other, as they might overtake
   * one another on their way. Once a request has failed, the rest are sent one by one.
   */
  async #sendTo(nodeId: string, parts: readonly PartitionMessages[]): Promise<void> {
    const { connection, maxBatchBytes } = this.#options;
    const requests = [...requestsOf(parts, maxBatchBytes)].map((request) =>
      request.map(this.#numbered),
    );
    const failed = new Set<number>();
    const last = new Map<string, Promise<unknown>>();
    let next = 0;
    const send = async (cluster: Cluster | undefined) => {
      for (; cluster && next < requests.length && failed.size === 0; ) {
        const at = next++;
        const request = requests[at] as readonly NumberedBatch[];
        const sent = Promise.all(request.map((batch) => last.get(partitionId(batch))))
          .then(async () => {
            if (failed.size > 0) failed.add(at);
            else await this.#produceOnce(cluster, nodeId, request);
          })
          .catch(() => failed.add(at));
        for (const batch of request) last.set(partitionId(batch), sent);
        await sent;
      }
    };
    const cluster = await connection.connected();
    await Promise.all(Array.from({ length: inFlight }, () => send(cluster)));
    for (const [at, request] of requests.entries())
      if (failed.has(at) || at >= next) await this.#produce(request);
  }

  /**
   * Sends one request, and again until it is answered; in parts, where a topic takes less at once.
   *
   * @throws RecordTooLargeError when a topic does not take a single message.
   */
  async #produce(batches: readonly NumberedBatch[]): Promise<void> {
    const { connection } = this.#options;
    try {
      await connection.persist(async (cluster) => {
        for (const [nodeId, own] of await this.#byLeader(batches))
          await this.#produceOnce(cluster, nodeId, own);
      });
    } catch (cause) {
      if (rootOf(cause).type !== 'MESSAGE_TOO_LARGE') throw cause;
      const parts = splitUp(batches);
      const [message] = batches[0]?.messages ?? [];
      if (parts.length === 0 && batches[0] && message)
        throw await tooLarge(await connection.connected(), batches[0].topic, message);
      for (const part of parts) await this.#produce(part);
    }
  }

  async #produceOnce(
    cluster: Cluster,
    nodeId: string,
    batches: readonly NumberedBatch[],
  ): Promise<void> {
    const { compression, transactionalId } = this.#options;
    const broker = await cluster.findBroker({ nodeId });
    const response: ProduceResponse = await broker.produce({
      ...this.#identity,
      ...(transactionalId !== undefined && { transactionalId }),
      acks: -1,
      compression,
      topicData: topicDataOf(batches),
    });
    this.#note(response, batches);
  }

  #note({ topics }: ProduceResponse, batches: readonly NumberedBatch[]): void {
    const bases = new Map<string, number>();
    for (const { topicName: topic, partitions } of topics)
      for (const { partition, baseOffset } of partitions)
        bases.set(partitionId({ topic, partition }), Number(baseOffset));
    for (const batch of batches) {
      const id = partitionId(batch);
      this.#offsets.set(id, (bases.get(id) ?? -1) + batch.messages.length - 1);
    }
  }

  async #byLeader<P extends PartitionMessages>(parts: readonly P[]): Promise<Map<string, P[]>> {
    return this.#options.connection.persist(async (cluster) => {
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
}
