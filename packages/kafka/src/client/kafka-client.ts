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
import { withoutColons } from './ipv6-name.ts';
import { Kafka, logLevel, PartitionAssigners } from './kafkajs.ts';
import { LastingConnection } from './lasting-connection.ts';
import { type Namespace, namespaceOf } from './namespace.ts';
import { Sockets } from './sockets.ts';

/** kafkajs tries a little; how long in all is decided in one place, `persist`. */
const retry: RetryOptions = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

/**
 * Makes clients of a cluster, each with connections of its own. The caller closes them, for good: a client
 * cannot be connected again.
 */
export class KafkaClient {
  readonly connection: KafkaConnection;
  /** The namespace of its names in the cluster. */
  readonly namespace: Namespace;

  constructor(connection: KafkaConnection, namespace = namespaceOf(undefined)) {
    this.connection = connection;
    this.namespace = namespace;
  }

  admin(): Admin {
    return this.#make((kafka) => kafka.admin());
  }

  consumer(config: ConsumerConfig): Consumer {
    return this.#make((kafka) => makeConsumer(kafka, config));
  }

  /**
   * Connections to the brokers themselves, for what no consumer does: reading a partition from any
   * offset, outside of a group. kafkajs hands a cluster to whoever assigns partitions, which is how
   * to get at one by its public types.
   */
  cluster(): Cluster {
    return this.#make((kafka) => {
      const found: Cluster[] = [];
      makeConsumer(kafka, {
        groupId: 'unused',
        partitionAssigners: [
          (config) => {
            found.push(config.cluster);
            return PartitionAssigners.roundRobin(config);
          },
        ],
      });
      return found[0] as Cluster;
    });
  }

  /** Makes such a connection for several callers to share. Errors name `what` it is for. */
  lasting(what: string): LastingConnection<Cluster> {
    return new LastingConnection(this.connection, what, () => this.cluster());
  }

  #make<T extends { disconnect(): Promise<void> }>(make: (kafka: KafkaJs) => T): T {
    const { brokers, clientId, ssl, sasl, connectionTimeout, requestTimeout } = this.connection;
    const sockets = new Sockets();
    const kafka = new Kafka({
      brokers: brokers.map(withoutColons),
      clientId,
      connectionTimeout,
      requestTimeout,
      retry,
      socketFactory: sockets.open,
      // What goes wrong is thrown, and told there.
      logLevel: logLevel.NOTHING,
      ...(ssl !== undefined && { ssl }),
      ...(sasl !== undefined && { sasl }),
    });
    const made = make(amendKafkaJs(kafka));
    const disconnect = made.disconnect.bind(made);
    return Object.assign(made, {
      disconnect: () => disconnect().finally(() => sockets.close()),
    });
  }
}

function makeConsumer(kafka: KafkaJs, config: ConsumerConfig): Consumer {
  return kafka.consumer({
    allowAutoTopicCreation: false,
    ...config,
    retry: { ...retry, ...config.retry },
  });
}
