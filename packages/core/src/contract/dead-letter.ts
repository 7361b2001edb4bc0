import type { Position } from './event.ts';
import type { Headers } from './headers.ts';

/** An event, or a result, that could not be processed, with all that it takes to process it later. */
export interface DeadLetter {
  /** Where the event stands that was being processed. */
  readonly position: Position;
  readonly key: string;
  /** The record's bytes as they stand in the log. */
  readonly raw: Uint8Array;
  readonly headers: Headers;
  readonly schemaId: number | undefined;
  readonly loggedAt: number;
  /** The step that refused it: `decode`, `time`, `watermark`, an operator, `pipeline` or `sink`. */
  readonly operator: string;
  /** The result, or the input of a call, that failed; `undefined` when the event itself did. */
  readonly result: ResultId | undefined;
  readonly reason: string;
  readonly stack: string | undefined;
}

/** Names a result that no single event stands for, such as a closed window, or the input of an asynchronous call. */
export interface ResultId {
  readonly operator: string;
  readonly key: string;
  /** Tells results of one key apart: by the start of a window, in epoch milliseconds, say. */
  readonly at: number;
  /** The result itself, or the input that the call was made with. */
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
