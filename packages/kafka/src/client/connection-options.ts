import { OptionError } from '@streamify/core';
import type { KafkaConfig } from 'kafkajs';

/** Addresses, credentials and patience for a cluster. */
export interface KafkaConnectionOptions {
  /** Where to find the cluster, each as `host:port`. Others of its brokers are found from there. */
  readonly brokers: readonly string[];
  /** Names this client in the brokers' logs and quotas. Default `streamify`. */
  readonly clientId?: string;
  /** TLS: `true`, or what `tls.connect` takes. Default: none. */
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  /** Credentials, as kafkajs takes them: mechanism `plain`, `scram-sha-256`, `scram-sha-512`, `aws` or `oauthbearer`. */
  readonly sasl?: NonNullable<KafkaConfig['sasl']>;
  /** Milliseconds until a connection must stand. Default 3,000. */
  readonly connectionTimeout?: number;
  /** Milliseconds until a request must be answered. Default 30,000. */
  readonly requestTimeout?: number;
  /** Milliseconds for which a broker that is away is waited for, before a call fails. Default 30,000. */
  readonly patience?: number;
}

/** {@link KafkaConnectionOptions} with its defaults. */
export type KafkaConnection = KafkaConnectionOptions &
  Required<
    Pick<KafkaConnectionOptions, 'clientId' | 'connectionTimeout' | 'requestTimeout' | 'patience'>
  >;

/** @throws OptionError when an option cannot work. */
export function checkConnection(options: KafkaConnectionOptions): KafkaConnection {
  const { brokers } = options;
  if (!Array.isArray(brokers) || brokers.length === 0)
    throw new OptionError(`brokers lists at least one host:port, got ${shown(brokers)}`);
  for (const broker of brokers)
    if (typeof broker !== 'string' || !isAddress(broker))
      throw new OptionError(`a broker is a host:port such as localhost:9092, got ${shown(broker)}`);
  const connection = {
    ...options,
    clientId: options.clientId ?? 'streamify',
    connectionTimeout: options.connectionTimeout ?? 3_000,
    requestTimeout: options.requestTimeout ?? 30_000,
    patience: options.patience ?? 30_000,
  };
  for (const name of ['connectionTimeout', 'requestTimeout', 'patience'] as const)
    if (!(connection[name] >= 1 && connection[name] < Number.POSITIVE_INFINITY))
      throw new OptionError(`${name} is a number of milliseconds, got ${connection[name]}`);
  return connection;
}

function isAddress(text: string): boolean {
  const port = Number(/^(?:[^:\s]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

/** Without credentials, which may stand before an @. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).replace(/[^\s"/]*@/g, '…@');
}
