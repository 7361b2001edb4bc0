/** Where Kafka is, and its schema registry. */
export interface KafkaPlace {
  /** As `host:port`. */
  readonly brokers: readonly string[];
  readonly registryUrl: string;
}

/** The variables that name a cluster, as the launcher prints them. */
export const brokersVariable = 'STREAMIFY_KAFKA_BROKERS';
export const registryVariable = 'STREAMIFY_SCHEMA_REGISTRY_URL';
