import type { CompressionTypes, Message, Producer } from 'kafkajs';
import type { KafkaClient } from '../client/kafka-client.ts';
import { persist } from '../client/persist.ts';
import { endOfBatch, roomOfBatch } from './message-batch.ts';

/** Messages of one publish that still wait. */
interface Waiting {
  readonly topic: string;
  readonly messages: readonly Message[];
  sent: number;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** A part of what waits, to be sent together. */
interface Batch {
  readonly parts: readonly { readonly waiting: Waiting; readonly messages: readonly Message[] }[];
}

/**
 * Sends records in batches, each once: what is published while a batch is under way makes up the
 * next, in the order of the calls. Durable on all replicas in sync when a publish resolves.
 *
 * The producer is idempotent, so that a request that is sent again after a lost reply is stored
 * once. Whether a batch that failed for good was stored cannot be told, and its numbers cannot be
 * used again: the next batch gets a new producer.
 */
export class KafkaPublisher {
  readonly #client: KafkaClient;
  readonly #compression: CompressionTypes;
  readonly #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;
  #producer: Promise<Producer> | undefined;

  constructor(client: KafkaClient, compression: CompressionTypes) {
    this.#client = client;
    this.#compression = compression;
  }

  publish(topic: string, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic, messages, sent: 0, resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves once what is under way is done. Nothing may be published any more. */
  async close(): Promise<void> {
    await this.#sending;
    await this.#leave();
  }

  async #sendAll(): Promise<void> {
    // What is published in the same turn goes out together.
    await Promise.resolve();
    for (let batch = this.#nextBatch(); batch.parts.length > 0; batch = this.#nextBatch()) {
      try {
        await this.#send(batch);
      } catch (cause) {
        for (const { waiting } of batch.parts) {
          waiting.reject(cause);
          const at = this.#waiting.indexOf(waiting);
          if (at >= 0) this.#waiting.splice(at, 1);
        }
        await this.#leave();
        continue;
      }
      for (const { waiting } of batch.parts)
        if (waiting.sent === waiting.messages.length) waiting.resolve();
    }
    // At once: what is published from now on would wait for ever.
    this.#sending = undefined;
  }

  #nextBatch(): Batch {
    const parts: { waiting: Waiting; messages: readonly Message[] }[] = [];
    const room = roomOfBatch();
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const end = endOfBatch(first.messages, first.sent, room);
      if (end === first.sent) break;
      parts.push({ waiting: first, messages: first.messages.slice(first.sent, end) });
      first.sent = end;
      if (end < first.messages.length) break;
      this.#waiting.shift();
    }
    return { parts };
  }

  async #send({ parts }: Batch): Promise<void> {
    const { connection } = this.#client;
    this.#producer ??= this.#connect();
    const producer = await this.#producer;
    const topics = [...new Set(parts.map(({ waiting }) => waiting.topic))].join(', ');
    await persist({ ...connection, patience: 0 }, `publish to ${topics}`, async () => {
      await producer.sendBatch({
        acks: -1,
        compression: this.#compression,
        topicMessages: parts.map(({ waiting, messages }) => ({
          topic: waiting.topic,
          messages: [...messages],
        })),
      });
    });
  }

  async #connect(): Promise<Producer> {
    const { connection } = this.#client;
    return persist(connection, 'publish', async () => {
      const producer = this.#client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        // Numbered anew only by a producer of its own: the same request is what is tried again.
        retry: {
          initialRetryTime: 100,
          maxRetryTime: 1_000,
          retries: retriesWithin(connection.patience),
        },
      });
      try {
        await producer.connect();
        return producer;
      } catch (cause) {
        await producer.disconnect().catch(() => {});
        throw cause;
      }
    });
  }

  async #leave(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.then((each) => each.disconnect()).catch(() => {});
  }
}

/** How many tries kafkajs has within so many milliseconds, the waits between them being a second in the end. */
function retriesWithin(ms: number): number {
  return Math.max(5, Math.ceil(ms / 1_000) + 3);
}
