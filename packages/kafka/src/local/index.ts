export {
  AlreadyRunningError,
  LocalKafkaError,
  MissingPrerequisiteError,
  PortInUseError,
} from './errors.ts';
export type { LocalKafkaOptions } from './local-kafka-options.ts';
export type { LocalService } from './local-service.ts';
export { missingPrerequisite } from './missing-prerequisite.ts';
export { type LocalKafka, startLocalKafka } from './start-local-kafka.ts';
