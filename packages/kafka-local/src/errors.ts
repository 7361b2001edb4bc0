import { StreamifyError } from '@streamify/core';

/** Something that a local broker runs on is not there; the message says how to get it. */
export class MissingPrerequisiteError extends StreamifyError {
  readonly code = 'STREAMIFY_LOCAL_KAFKA_MISSING';
  /** What is missing, such as `Java 17 or newer`. */
  readonly missing: string;

  constructor(missing: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.missing = missing;
  }
}

/** Another process listens where the broker or the registry should. */
export class PortInUseError extends StreamifyError {
  readonly code = 'STREAMIFY_LOCAL_KAFKA_PORT_IN_USE';
  readonly port: number;

  constructor(message: string, port: number) {
    super(message);
    this.port = port;
  }
}

/** A broker or a registry runs in this folder already. */
export class AlreadyRunningError extends StreamifyError {
  readonly code = 'STREAMIFY_LOCAL_KAFKA_RUNNING';
  readonly pid: number;

  constructor(message: string, pid: number) {
    super(message);
    this.pid = pid;
  }
}

/** The broker or the registry died or did not come up; the message ends with the last lines of its log. */
export class LocalKafkaError extends StreamifyError {
  readonly code = 'STREAMIFY_LOCAL_KAFKA';
}
