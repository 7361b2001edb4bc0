export {
  AlreadyRunningError,
  LocalKafkaError,
  MissingPrerequisiteError,
  PortInUseError,
} from './errors.ts';
export type { LocalKafkaOptions } from './local-kafka-options.ts';
export type { LocalService } from './local-service.ts';
export { findJava } from './prerequisites/java.ts';
export { missingPrerequisite } from './prerequisites/missing-prerequisite.ts';
export {
  type LocalCluster,
  type LocalClusterOptions,
  startLocalCluster,
} from './start-local-cluster.ts';
export { type LocalKafka, startLocalKafka } from './start-local-kafka.ts';
