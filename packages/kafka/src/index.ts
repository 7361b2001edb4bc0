export type { KafkaConnectionOptions } from './client/connection-options.ts';
export { BrokerUnavailableError, CommitUnknownError, KafkaAccessError } from './errors.ts';
export type { Compression, ZstdCodec } from './log/compression.ts';
export type { GroupTiming } from './log/group-session.ts';
export { type KafkaLogOptions, kafkaLog } from './log/kafka-log.ts';
