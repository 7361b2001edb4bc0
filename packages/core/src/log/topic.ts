import type { EventType, RecordSchema } from '../codec/define-event.ts';
import type { EventLog } from './event-log.ts';

/** A topic of one event type: what a job reads from, and what a producer publishes to. */
export interface Topic<T> {
  readonly name: string;
  readonly log: EventLog;
  readonly type: EventType<RecordSchema, T>;
  /** Encodes and appends events, each to the partition of its key. Durable when the promise resolves. */
  publish(values: readonly T[]): Promise<void>;
}
