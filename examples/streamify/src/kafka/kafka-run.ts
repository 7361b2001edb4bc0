import type { EventLog } from '@streamify/core';
import { confluentRegistry, kafkaLog } from '@streamify/kafka';
import { formatOfRun, inFormat } from '../log-format.ts';
import type { KafkaPlace } from './kafka-place.ts';

/** What a run has in Kafka. */
export interface KafkaRun {
  /** The log of the run, its topics by their short names and in the run's format. */
  readonly log: EventLog;
  close(): Promise<void>;
}

/**
 * Opens what a run has in Kafka. Schemas are registered as changes that old readers can read.
 *
 * @param patience milliseconds for which brokers and registry are waited for before that is told.
 */
export function openKafkaRun(
  { brokers, registryUrl }: KafkaPlace,
  run: string,
  { patience = 30_000 }: { readonly patience?: number } = {},
): KafkaRun {
  const log = kafkaLog({
    brokers,
    namespace: run,
    patience,
    registry: confluentRegistry({ url: registryUrl, compatibility: 'BACKWARD', patience }),
    // Whoever was killed is missed after the shortest time that a broker allows by default.
    group: { sessionTimeout: 6_000 },
  });
  return { log: inFormat(log, formatOfRun(run)), close: () => log.close() };
}
