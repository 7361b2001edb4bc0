import type {
  Admin,
  Cluster,
  Consumer,
  ConsumerConfig,
  Kafka as KafkaJs,
  RetryOptions,
} from 'kafkajs';
import { amendKafkaJs } from './amend-kafkajs.ts';
import type { KafkaConnection } from './connection-options.ts';
import { Kafka, logLevel, PartitionAssigners } from './kafkajs.ts';
import { LastingConnection } from './lasting-connection.ts';

/** kafkajs tries a little; how long in all is decided in one place, `persist`. */
const retry: RetryOptions = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

/** Makes what talks to a cluster, each with connections of its own. All of it is closed by who asked for it. */
export class KafkaClient {
  readonly connection: KafkaConnection;
  readonly #kafka: KafkaJs;

  constructor(connection: KafkaConnection) {
    const { brokers, clientId, ssl, sasl, connectionTimeout, requestTimeout } = connection;
    this.connection = connection;
    const kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout,
      requestTimeout,
      retry,
      // What goes wrong is thrown, and told there.
      logLevel: logLevel.NOTHING,
      ...(ssl !== undefined && { ssl }),
      ...(sasl !== undefined && { sasl }),
    });
    this.#kafka = amendKafkaJs(kafka);
  }

  admin(): Admin {
    return this.#kafka.admin();
  }

  consumer(config: ConsumerConfig): Consumer {
    return this.#kafka.consumer({
      allowAutoTopicCreation: false,
      ...config,
      retry: { ...retry, ...config.retry },
    });
  }

  /**
   * Connections to the brokers themselves, for what no consumer does: reading a partition from any
   * offset, outside of a group. kafkajs hands a cluster to whoever assigns partitions, which is how
   * to get at one by its public types.
   */
  cluster(): Cluster {
    const found: Cluster[] = [];
    this.consumer({
      groupId: 'unused',
      partitionAssigners: [
        (config) => {
          found.push(config.cluster);
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
    return found[0] as Cluster;
  }

  /** The same, for several who share it for long. `what` it is for is told in errors. */
  lasting(what: string): LastingConnection<Cluster> {
    return new LastingConnection(this.connection, what, () => this.cluster());
  }
}
