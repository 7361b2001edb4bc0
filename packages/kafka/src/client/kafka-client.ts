import type {
  Admin,
  Cluster,
  Consumer,
  ConsumerConfig,
  Kafka as KafkaJs,
  Producer,
  ProducerConfig,
  RetryOptions,
} from 'kafkajs';
import { amendKafkaJs } from './amend-kafkajs.ts';
import type { KafkaConnection } from './connection-options.ts';
import { Kafka, logLevel, PartitionAssigners } from './kafkajs.ts';

/** kafkajs tries a little; how long in all is decided in one place, `persist`. */
const retry: RetryOptions = { retries: 2, initialRetryTime: 50, maxRetryTime: 500 };

/** Makes what talks to a cluster, each with connections of its own. All of it is closed by who asked for it. */
export class KafkaClient {
  readonly connection: KafkaConnection;
  readonly #kafka: KafkaJs;

  constructor(connection: KafkaConnection) {
    this.connection = connection;
    this.#kafka = kafkaOf(connection, retry);
  }

  admin(): Admin {
    return this.#kafka.admin();
  }

  /** Makes a producer. As often as it sends something again, it also looks for the brokers again. */
  producer(config: ProducerConfig): Producer {
    // kafkajs takes how often it looks for brokers from the client: there is one for each producer.
    return kafkaOf(this.connection, { ...retry, ...config.retry }).producer({
      retry,
      allowAutoTopicCreation: false,
      // Whoever publishes has chosen the partition.
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
      ...config,
    });
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
}

function kafkaOf(connection: KafkaConnection, retries: RetryOptions): KafkaJs {
  const { brokers, clientId, ssl, sasl, connectionTimeout, requestTimeout } = connection;
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout,
    requestTimeout,
    retry: retries,
    // What goes wrong is thrown, and told there.
    logLevel: logLevel.NOTHING,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
  });
  return amendKafkaJs(kafka);
}
