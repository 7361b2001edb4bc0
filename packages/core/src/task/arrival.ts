import type { Position } from '../contract/event.ts';
import type { LogRecord } from '../contract/event-log.ts';

/** A record with its position and schema, as known before it is decoded. */
export interface Arrival {
  readonly record: LogRecord;
  readonly position: Position;
  readonly schemaId: number | undefined;
}
