import { setMaxListeners } from 'node:events';
import { ClosedError } from '@streamify/core';
import type { KafkaConnection } from './connection-options.ts';
import { mayPass, rootOf } from './failure.ts';
import { persist } from './persist.ts';

/** A client that connects to a cluster: kafkajs' clusters and admins. */
interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** A connection that several share. It is made when it is first needed, and anew after each failure that may pass. */
export class LastingConnection<T extends Connectable> {
  readonly #settings: Pick<KafkaConnection, 'brokers' | 'patience'>;
  readonly #make: () => T;
  readonly #what: string;
  readonly #closing = new AbortController();
  #current: Promise<T> | undefined;

  /** @param what names its purpose in the messages of errors. */
  constructor(
    settings: Pick<KafkaConnection, 'brokers' | 'patience'>,
    what: string,
    make: () => T,
  ) {
    this.#settings = settings;
    this.#what = what;
    this.#make = make;
    // Whoever waits for a broker listens to it, and that may be any number.
    setMaxListeners(0, this.#closing.signal);
  }

  /** The client that is connected, if any is. */
  async connected(): Promise<T | undefined> {
    return this.#current?.catch(() => undefined);
  }

  /**
   * Works with the connection, again and again for as long as the client has patience.
   *
   * @throws BrokerUnavailableError, KafkaAccessError; ClosedError once it is closed.
   */
  persist<R>(work: (connected: T) => Promise<R>, what = this.#what): Promise<R> {
    const tryOnce = async () => {
      if (this.#closing.signal.aborted) throw new ClosedError(`cannot ${what}: it is closed`);
      this.#current ??= this.#connect();
      const current = this.#current;
      try {
        return await work(await current);
      } catch (cause) {
        const failure = rootOf(cause);
        // Somebody else has left it meanwhile: what kafkajs says then is all kinds of things.
        if (this.#current !== current && !mayPass(failure)) throw connectionClosed(failure);
        if (mayPass(failure)) await this.#leave(current);
        throw cause;
      }
    };
    return persist(this.#settings, what, tryOnce, this.#closing.signal);
  }

  /** Closes it for good. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#leave(this.#current);
  }

  async #connect(): Promise<T> {
    const made = this.#make();
    try {
      await made.connect();
      return made;
    } catch (cause) {
      await made.disconnect();
      throw cause;
    }
  }

  async #leave(current: Promise<T> | undefined): Promise<void> {
    if (!current || this.#current !== current) return;
    this.#current = undefined;
    await current.then((each) => each.disconnect()).catch(() => {});
  }
}

function connectionClosed({ message }: Error): Error {
  const failure = new Error(`the connection was closed meanwhile: ${message}`);
  return Object.assign(failure, { name: 'KafkaJSConnectionClosedError' });
}
