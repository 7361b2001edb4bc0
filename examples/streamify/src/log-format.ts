import type { EventLog, WireFormat } from '@streamify/core';

/** How the events of a run are written in its log: Avro with the id of its schema, or JSON. */
export type LogFormat = 'avro' | 'json';

const wireFormats: Readonly<Record<LogFormat, WireFormat>> = { avro: 'confluent', json: 'json' };

/** The same log, with every topic in this format. */
export function inFormat(log: EventLog, format: LogFormat): EventLog {
  return Object.assign(Object.create(log) as EventLog, {
    topic: ((name, type, options) =>
      log.topic(name, type, { format: wireFormats[format], ...options })) as EventLog['topic'],
  });
}

/** The end of the names of runs in Kafka that write JSON: whoever joins one has nothing but its name. */
const jsonEnd = '-json';

/** How a run in Kafka writes, by its name. */
export function formatOfRun(run: string): LogFormat {
  return run.endsWith(jsonEnd) ? 'json' : 'avro';
}

/** The name of a run in Kafka that writes so. */
export function runNamed(name: string, format: LogFormat): string {
  return format === 'json' ? `${name}${jsonEnd}` : name;
}
