import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { amendKafkaJs } from './amend-kafkajs.ts';
import { Kafka, logLevel } from './kafkajs.ts';

interface Queue {
  maybeThrottle(ms: number): void;
  push(request: object): void;
  checkPendingRequests(): void;
}

interface Pool {
  readonly pool: readonly { readonly requestQueue: Queue }[];
}

interface Cluster {
  readonly brokerPool: {
    readonly connectionPoolBuilder: { build(place: object): Promise<Pool> };
    createBroker(options: object): unknown;
  };
}

/** The queue of requests that a broker of an amended client has; nothing is connected. */
async function requestQueue(): Promise<Queue> {
  const kafka = amendKafkaJs(new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING }));
  const [key] = Object.getOwnPropertySymbols(kafka).filter(({ description }) =>
    description?.endsWith('createCluster'),
  );
  const clusters = kafka as unknown as Record<symbol, (options: object) => Cluster>;
  const { brokerPool } = (clusters[key as symbol] as (options: object) => Cluster)({});
  const connectionPool = await brokerPool.connectionPoolBuilder.build({
    host: '127.0.0.1',
    port: 1,
  });
  brokerPool.createBroker({ connectionPool, logger: kafka.logger(), nodeId: 1 });
  return connectionPool.pool[0]?.requestQueue as Queue;
}

describe('requests of an amended client', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('set no timer while none of them waits', async () => {
    const queue = await requestQueue();
    queue.checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that are throttled are sent when the time is over', async () => {
    const queue = await requestQueue();
    const sendRequest = vi.fn();
    queue.maybeThrottle(50);
    const entry = { correlationId: 1, resolve: () => {} };
    queue.push({ entry, expectResponse: false, sendRequest });
    await vi.advanceTimersByTimeAsync(49);
    expect(sendRequest).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(sendRequest).toHaveBeenCalledOnce();
  });
});
