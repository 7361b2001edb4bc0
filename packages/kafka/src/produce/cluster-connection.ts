import type { Cluster } from 'kafkajs';
import { mayPass, rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { persist } from '../client/persist.ts';

/** A connection to a cluster that is made when it is first needed, and anew after each failure that may pass. */
export class ClusterConnection {
  readonly client: KafkaClient;
  readonly #what: string;
  #cluster: Promise<Cluster> | undefined;

  /** @param what what it is for, for the message of an error. */
  constructor(client: KafkaClient, what: string) {
    this.client = client;
    this.#what = what;
  }

  /** What is connected, if anything is. */
  async connected(): Promise<Cluster | undefined> {
    return this.#cluster?.catch(() => undefined);
  }

  /**
   * Works with the connection, again and again for as long as the client has patience.
   *
   * @throws BrokerUnavailableError, KafkaAccessError.
   */
  persist<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    return persist(this.client.connection, this.#what, async () => {
      this.#cluster ??= this.#connect();
      const connecting = this.#cluster;
      try {
        return await work(await connecting);
      } catch (cause) {
        if (mayPass(rootOf(cause))) await this.#leave(connecting);
        throw cause;
      }
    });
  }

  async close(): Promise<void> {
    await this.#leave(this.#cluster);
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.client.cluster();
    try {
      await cluster.connect();
      return cluster;
    } catch (cause) {
      await cluster.disconnect();
      throw cause;
    }
  }

  /** Disconnects, unless somebody else has done so and connected anew. */
  async #leave(connecting: Promise<Cluster> | undefined): Promise<void> {
    if (!connecting || this.#cluster !== connecting) return;
    this.#cluster = undefined;
    await connecting.then((cluster) => cluster.disconnect()).catch(() => {});
  }
}
