import { fastBroker, type KafkaJsBroker } from '../wire/fast-broker.ts';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: () => void;
}

interface BrokerOptions {
  readonly connectionPool: { readonly pool: readonly { readonly requestQueue: RequestQueue }[] };
}

interface KafkaJsCluster {
  readonly brokerPool: { createBroker: (options: BrokerOptions) => KafkaJsBroker };
}

type CreateCluster = (options: unknown) => KafkaJsCluster;

/**
 * Amends a client of kafkajs, which is no longer maintained, in two ways: its brokers are
 * {@link fastBroker}s, and it sets no timers in the past, which Node warns of since 24. Other clients
 * in the process stay as they are.
 *
 * It reaches into kafkajs, so it holds for the one version that is depended on.
 *
 * @throws Error when kafkajs is another one.
 */
export function amendKafkaJs<K extends object>(kafka: K): K {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (!key) throw new Error('this kafkajs makes its clusters in another way than version 2.2.4');
  const clusters = kafka as Record<symbol, CreateCluster>;
  const createCluster = clusters[key] as CreateCluster;
  clusters[key] = (options) => {
    const cluster = createCluster(options);
    const { brokerPool } = cluster;
    const { createBroker } = brokerPool;
    brokerPool.createBroker = (brokerOptions) => {
      for (const { requestQueue } of brokerOptions.connectionPool.pool)
        checkOnlyWhatWaits(requestQueue);
      return fastBroker(createBroker(brokerOptions));
    };
    return cluster;
  };
  return kafka;
}

/** Without a request that waits there is nothing to check: kafkajs would, after a time that has passed. */
function checkOnlyWhatWaits(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue);
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule();
  };
}
