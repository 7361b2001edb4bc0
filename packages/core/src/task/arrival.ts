import type { Position } from '../contract/event.ts';
import type { LogRecord } from '../contract/event-log.ts';

/** A record together with what is known of it before it is decoded. */
export interface Arrival {
  readonly record: LogRecord;
  readonly position: Position;
  readonly schemaId: number | undefined;
}
