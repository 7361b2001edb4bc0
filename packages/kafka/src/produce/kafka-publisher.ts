import type { Broker, Cluster, CompressionTypes, Message } from 'kafkajs';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { LastingConnection } from '../client/lasting-connection.ts';
import { BatchSender, type ProducerIdentity } from './batch-sender.ts';
import type { PartitionMessages } from './requests-of.ts';

/** A broker with the request for a producer's identity, which kafkajs has no type for. */
interface IdentityGiver extends Broker {
  initProducerId(request: { readonly transactionTimeout: number }): Promise<ProducerIdentity>;
}

/** Messages of one publish that wait to be sent. */
interface Waiting {
  readonly topic: string;
  /** Each has its partition. */
  readonly messages: readonly Message[];
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** Bytes of one partition that brokers take at once by default, with some room. */
const maxBatchBytes = 900_000;

/**
 * Publishes messages, each once. Messages that come while others are under way go out together behind
 * them, in the order of the calls. They are durable on all replicas in sync when a publish resolves.
 *
 * The producer is idempotent, so that a request that is repeated after a lost reply is stored once.
 * When a publish has failed for good, nobody can tell whether its messages are stored, and their numbers
 * cannot be used again: the next publish is written as another producer.
 */
export class KafkaPublisher {
  readonly #connection: LastingConnection<Cluster>;
  readonly #sender: BatchSender;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;
  #hasIdentity = false;

  constructor(client: KafkaClient, compression: CompressionTypes) {
    this.#connection = client.lasting('publish');
    this.#sender = new BatchSender({ connection: this.#connection, compression, maxBatchBytes });
  }

  publish(topic: string, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic, messages, resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Writes as another producer from now on: a topic that is made anew does not know the numbers of this one. */
  startOver(): void {
    this.#hasIdentity = false;
  }

  /** Resolves once the messages under way are sent. Nothing may be published any more. */
  async close(): Promise<void> {
    await this.#sending;
    await this.#connection.close();
  }

  async #sendAll(): Promise<void> {
    // Messages that are published in one turn of the event loop go out together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (!this.#hasIdentity) await this.#identify();
        await this.#sender.send(byPartition(batch));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.#hasIdentity = false;
        for (const { reject } of batch) reject(cause);
      }
    }
    // At once: a publish from now on would wait for ever.
    this.#sending = undefined;
  }

  async #identify(): Promise<void> {
    const identity = await this.#connection.persist(async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      const broker = (await cluster.findControllerBroker()) as IdentityGiver;
      return broker.initProducerId({ transactionTimeout: 0 });
    });
    this.#sender.begin(identity);
    this.#hasIdentity = true;
  }
}

function byPartition(batch: readonly Waiting[]): readonly PartitionMessages[] {
  const parts = new Map<string, { topic: string; partition: number; messages: Message[] }>();
  for (const { topic, messages } of batch)
    for (const message of messages) {
      const { partition = 0 } = message;
      const id = `${topic}/${partition}`;
      const part = parts.get(id);
      if (part) part.messages.push(message);
      else parts.set(id, { topic, partition, messages: [message] });
    }
  return [...parts.values()];
}
