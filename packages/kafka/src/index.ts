export type { KafkaConnectionOptions } from './client/connection-options.ts';
export { BrokerUnavailableError, CommitUnknownError, KafkaAccessError } from './errors.ts';
