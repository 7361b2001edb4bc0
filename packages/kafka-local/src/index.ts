export { type EnsuredKafka, ensureLocalKafka } from './ensure-local-kafka.ts';
export {
  AlreadyRunningError,
  LocalKafkaError,
  MissingPrerequisiteError,
  PortInUseError,
} from './errors.ts';
export type { LocalKafkaOptions } from './local-kafka-options.ts';
export type { LocalKafkaPlace } from './local-kafka-place.ts';
export { type LocalKafkaStatus, localKafkaStatus } from './local-kafka-status.ts';
export type { LocalService } from './local-service.ts';
export { cacheFolder } from './prerequisites/cache-folder.ts';
export { findJava } from './prerequisites/java.ts';
export { missingPrerequisite } from './prerequisites/missing-prerequisite.ts';
export {
  type LocalCluster,
  type LocalClusterOptions,
  startLocalCluster,
} from './start-local-cluster.ts';
export { type LocalKafka, startLocalKafka } from './start-local-kafka.ts';
export type { RunningService, RunningServices } from './state-file.ts';
export { type StopOptions, type StoppedService, stopLocalKafka } from './stop-local-kafka.ts';
