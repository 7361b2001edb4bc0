import { setMaxListeners } from 'node:events';
import { checkPartition } from '@streamify/core/adapter';
import type { KafkaClient } from '../client/kafka-client.ts';
import { Deletions } from './deletions.ts';
import { KafkaReader } from './kafka-reader.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** The client and the topics by which a log reads. */
interface KafkaReadersOptions {
  readonly client: KafkaClient;
  readonly topics: KafkaTopics;
  /** Bytes of a fetch. */
  readonly maxBytes: number;
}

/** The readers of a log, which end with it or with their topic. */
export class KafkaReaders {
  readonly #options: KafkaReadersOptions;
  readonly #deletions = new Deletions();
  readonly #closing = new AbortController();

  constructor(options: KafkaReadersOptions) {
    this.#options = options;
    // Each reader that waits listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  /** @throws UnknownTopicError, PartitionCountError. */
  async open(topic: string, partition: number): Promise<KafkaReader> {
    const { client, topics, maxBytes } = this.#options;
    const ends = { logClosing: this.#closing.signal, deleted: this.#deletions.signalOf(topic) };
    checkPartition(topic, await topics.existing(topic), partition);
    const topicId = await topics.topicId(topic);
    const fetcher = { client, topic, partition, maxBytes, topicId };
    return new KafkaReader(fetcher, topics.offsets(topic, partition), ends);
  }

  /** Ends the readers of a topic that is deleted. */
  endOf(topic: string): void {
    this.#deletions.tell(topic);
  }

  /** Ends all of them. */
  close(): void {
    this.#closing.abort();
  }
}
