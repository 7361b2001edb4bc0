/** What a test reaches its broker and its registry by. */
export interface KafkaUnderTest {
  /** As `host:port`. */
  readonly brokers: string[];
  /** Where the registry speaks Confluent's protocol. */
  readonly registryUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's broker is asked for. */
    readonly kafkaOfRun: string;
  }
}
