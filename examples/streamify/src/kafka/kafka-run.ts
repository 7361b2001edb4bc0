import type { EventLog, EventType, RecordSchema, Topic } from '@streamify/core';
import { confluentRegistry, kafkaLog } from '@streamify/kafka';
import type { KafkaPlace } from './kafka-place.ts';
import { prefixedLog } from './prefixed-log.ts';

/** What a run has in Kafka. */
export interface KafkaRun {
  /** The log of the run: its topics by their short names. */
  readonly log: EventLog;
  /** What names of the run begin with in Kafka. */
  readonly prefix: string;
  /** A topic as Kafka sees it, for a sink. */
  topicInKafka<T>(name: string, type: EventType<RecordSchema, T>): Topic<T>;
  close(): Promise<void>;
}

/** Opens what a run has in Kafka. Schemas are registered as changes that old readers can read. */
export function openKafkaRun({ brokers, registryUrl }: KafkaPlace, run: string): KafkaRun {
  const log = kafkaLog({
    brokers,
    registry: confluentRegistry({ url: registryUrl, compatibility: 'BACKWARD' }),
    // Whoever was killed is missed after the shortest time that a broker allows by default.
    group: { sessionTimeout: 6_000 },
  });
  const prefix = `${run}.`;
  return {
    log: prefixedLog(log, prefix),
    prefix,
    topicInKafka: (name, type) => log.topic(`${prefix}${name}`, type),
    close: () => log.close(),
  };
}
