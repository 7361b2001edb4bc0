import { OptionError, type SchemaRegistry } from '@streamify/core';
import type { KafkaConnectionOptions } from '../client/connection-options.ts';
import type { Compression, ZstdCodec } from '../wire/codecs.ts';
import type { GroupTiming } from './group-session.ts';

/** Options of `kafkaLog`. */
export interface KafkaLogOptions extends KafkaConnectionOptions {
  /** Where schemas are, such as `confluentRegistry({ url })`. Only events of a type need one. */
  readonly registry?: SchemaRegistry;
  /**
   * Gives the log a part of the cluster for itself: its topics, consumer groups and subjects have
   * short names here, and `<namespace>.` before them in Kafka. So have the topics and transactional
   * ids of sinks into its topics. Default: none, and names are in Kafka as they are.
   */
  readonly namespace?: string;
  /** Compression of published records. Default `none`. Records that are read may be compressed in any way. */
  readonly compression?: Compression;
  /** Reads and writes zstd on a Node below 22.15, which does not know it. For all logs of the process. */
  readonly zstd?: ZstdCodec;
  /** Settings of the topics that `createTopic` makes. */
  readonly topics?: {
    /** How many brokers keep each partition. Default: what the cluster has by default. */
    readonly replicas?: number;
    /** Kafka's settings of a topic, such as `retention.ms`. */
    readonly config?: Readonly<Record<string, string>>;
  };
  /** Times by which a job's processes notice that one of them is gone. */
  readonly group?: GroupTiming;
  /** Bytes that are fetched of a partition at once. Default 4 MiB. Up to two such fetches are in memory. */
  readonly fetchBytes?: number;
}

/** The names of all options of `kafkaLog`. */
export const kafkaLogNames = {
  brokers: true,
  clientId: true,
  ssl: true,
  sasl: true,
  connectionTimeout: true,
  requestTimeout: true,
  patience: true,
  registry: true,
  namespace: true,
  compression: true,
  zstd: true,
  topics: true,
  group: true,
  fetchBytes: true,
} as const;

/** The names of all options of its groups. */
export const timingNames = {
  sessionTimeout: true,
  rebalanceTimeout: true,
  heartbeatInterval: true,
  metadataMaxAge: true,
} as const;

/** @throws OptionError when it is no number of bytes. */
export function checkFetchBytes(fetchBytes = 4 * 1024 * 1024): number {
  if (Number.isSafeInteger(fetchBytes) && fetchBytes >= 1) return fetchBytes;
  throw new OptionError(`fetchBytes is a number of bytes, got ${fetchBytes}`);
}

/** @throws OptionError when a time cannot work. */
export function checkTiming(timing: GroupTiming = {}): Required<GroupTiming> {
  const { sessionTimeout = 15_000, rebalanceTimeout = 60_000, heartbeatInterval = 1_000 } = timing;
  const { metadataMaxAge = 5_000 } = timing;
  const checked = { sessionTimeout, rebalanceTimeout, heartbeatInterval, metadataMaxAge };
  for (const [name, ms] of Object.entries(checked))
    if (!(ms >= 1 && ms < Number.POSITIVE_INFINITY))
      throw new OptionError(`group.${name} is a number of milliseconds, got ${ms}`);
  if (heartbeatInterval * 2 > sessionTimeout)
    throw new OptionError(
      `group.sessionTimeout must be at least twice the heartbeatInterval of ${heartbeatInterval} ms, got ${sessionTimeout}`,
    );
  return checked;
}
