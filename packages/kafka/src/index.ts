export type { KafkaConnectionOptions } from './client/connection-options.ts';
export {
  BrokerUnavailableError,
  CommitUnknownError,
  KafkaAccessError,
  RecordTooLargeError,
  RegistryUnavailableError,
} from './errors.ts';
export type { GroupTiming } from './log/group-session.ts';
export { kafkaLog } from './log/kafka-log.ts';
export type { KafkaLogOptions } from './log/kafka-log-options.ts';
export { confluentRegistry } from './registry/confluent-registry.ts';
export type {
  Compatibility,
  ConfluentRegistryOptions,
  RegistryAuth,
  SubjectNaming,
} from './registry/registry-options.ts';
export { type KafkaSink, type KafkaSinkOptions, kafkaSink } from './sink/kafka-sink.ts';
export type { Compression, ZstdCodec } from './wire/codecs.ts';
