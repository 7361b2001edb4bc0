import type { Position } from './event.ts';
import type { Headers } from './event-log.ts';

/** An event, or a result, that could not be digested. Nothing of it is lost. */
export interface DeadLetter {
  /** The event that was being processed. */
  readonly position: Position;
  readonly key: string;
  /** The record's bytes as they stand in the log. */
  readonly raw: Uint8Array;
  readonly headers: Headers;
  readonly schemaId: number | undefined;
  readonly loggedAt: number;
  /** Who refused it: `decode`, an operator, `pipeline` or `sink`. */
  readonly operator: string;
  /** The result that failed, when it was not the event itself. */
  readonly result: ResultId | undefined;
  readonly reason: string;
  readonly stack: string | undefined;
}

/** Names a result that no single event stands for, such as a closed window, or an asynchronous step of an event. */
export interface ResultId {
  readonly operator: string;
  readonly key: string;
  /** Distinguishes results of one key: the start of a window, in epoch milliseconds. */
  readonly at: number;
  /** The result itself; what an asynchronous step was to be done with. */
  readonly value: unknown;
}

/**
 * Names a dead letter among those of its job: an event by its position, the result of an operator by
 * the event that was being processed, and its own name.
 */
export function letterId({ position, result }: Pick<DeadLetter, 'position' | 'result'>): string {
  const { topic, partition, offset } = position;
  const event = `${topic}/${partition}/${offset}`;
  return result ? `${event} ${result.operator} ${result.at} ${result.key}` : event;
}
