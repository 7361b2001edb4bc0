import { StreamifyError } from '@streamify/core';

/** No broker answers, or the one that is needed does not. It may pass: a job that retries goes on from its last commit. */
export class BrokerUnavailableError extends StreamifyError {
  readonly code = 'STREAMIFY_KAFKA_BROKER_UNAVAILABLE';
  override readonly isFinal = false;
  /** Where brokers were looked for, as `host:port`. */
  readonly brokers: readonly string[];

  constructor(message: string, brokers: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.brokers = brokers;
  }
}

/** The cluster does not know these credentials, does not allow them what was asked, or has a certificate that is not trusted. */
export class KafkaAccessError extends StreamifyError {
  readonly code = 'STREAMIFY_KAFKA_ACCESS';
}

/** A topic takes no record as large as one that was published. It is not stored; others of its publish may be. */
export class RecordTooLargeError extends StreamifyError {
  readonly code = 'STREAMIFY_KAFKA_RECORD_TOO_LARGE';
  /** In Kafka. */
  readonly topic: string;
  readonly key: string;
  /** Bytes of its key, value and headers, before compression. */
  readonly size: number;
  /** The topic's `max.message.bytes`; `undefined` where the cluster does not tell. */
  readonly limit: number | undefined;

  constructor(record: { topic: string; key: string; size: number; limit: number | undefined }) {
    const { topic, key, size, limit } = record;
    const atMost =
      limit === undefined ? 'its max.message.bytes' : `its max.message.bytes, ${limit}`;
    super(
      `the record with key ${JSON.stringify(key.slice(0, 100))} has ${size} bytes, and topic ${topic} takes at most ${atMost}: raise that, compress what is published, or publish smaller records`,
    );
    this.topic = topic;
    this.key = key;
    this.size = size;
    this.limit = limit;
  }
}

/** A transaction ended in a way that cannot be told yet. Opening the task again settles it. */
export class CommitUnknownError extends StreamifyError {
  readonly code = 'STREAMIFY_KAFKA_COMMIT_UNKNOWN';
  override readonly isFinal = false;
}

/** The schema registry gives no usable answer. It may pass: a job that retries goes on from its last commit. */
export class RegistryUnavailableError extends StreamifyError {
  readonly code = 'STREAMIFY_KAFKA_REGISTRY_UNAVAILABLE';
  override readonly isFinal = false;
  /** Where it was looked for. */
  readonly url: string;

  constructor(message: string, url: string, options?: ErrorOptions) {
    super(message, options);
    this.url = url;
  }
}
