import { isWatermarkRecord, readWatermark } from '../codec/watermark-record.ts';
import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import { CodecError } from '../contract/errors.ts';
import type { Position, StreamEvent } from '../contract/event.ts';
import type { LogRecord } from '../contract/event-log.ts';
import type { ValueDecoder } from '../contract/topic-codec.ts';
import type { Arrival } from './arrival.ts';
import type { Input } from './input.ts';

/** A record, decoded into an event or a watermark, or with the failure to decode it; with none of these it is passed over. */
export interface Incoming<A> {
  readonly arrival: Arrival;
  readonly event: StreamEvent<A> | undefined;
  readonly carried: CarriedWatermark | undefined;
  readonly failure: IncomingFailure | undefined;
}

interface IncomingFailure {
  readonly operator: string;
  readonly cause: unknown;
}

/** The input and partition that records come from, and a check of their event times. */
export interface RecordDecoderOptions<A> {
  readonly input: Input<A>;
  readonly partition: number;
  readonly refusalOfTime: (time: number, loggedAt: number) => string | undefined;
}

/** Makes events of an input's records. */
export class RecordDecoder<A> {
  readonly #options: RecordDecoderOptions<A>;
  readonly #decoder: ValueDecoder<unknown>;

  constructor(options: RecordDecoderOptions<A>) {
    this.#options = options;
    this.#decoder = options.input.topic.codec.decoder();
  }

  /** Fetches the schemas that these records were written with, so that they can be decoded. */
  prepare(records: readonly LogRecord[]): Promise<void> {
    return this.#decoder.prepare(records);
  }

  decode(record: LogRecord): Incoming<A> {
    const { input, partition, refusalOfTime } = this.#options;
    const { offset, key, value: raw, loggedAt } = record;
    const position: Position = { topic: input.topic.name, partition, offset };
    const arrival: Arrival = { record, position, schemaId: this.#decoder.schemaIdOf(raw) };
    if (isWatermarkRecord(record)) return incomingWatermark(arrival);
    if (raw.length === 0) return withoutValue(arrival, input.topic.tombstones);
    let value: A;
    try {
      value = this.#decoder.decode(record) as A;
    } catch (cause) {
      return failed(arrival, 'decode', cause);
    }
    const time = input.topic.type.timeOf(value);
    const refused = refusalOfTime(time, loggedAt);
    if (refused !== undefined) return failed(arrival, 'time', new RangeError(refused));
    const event = { value, key, time, loggedAt, position, input: input.label };
    return { arrival, event, carried: undefined, failure: undefined };
  }
}

function incomingWatermark(arrival: Arrival): Incoming<never> {
  try {
    const carried = readWatermark(arrival.record);
    return { arrival, event: undefined, carried, failure: undefined };
  } catch (cause) {
    return failed(arrival, 'watermark', cause);
  }
}

function withoutValue(arrival: Arrival, tombstones: 'skip' | 'dead-letter'): Incoming<never> {
  if (tombstones === 'dead-letter')
    return failed(arrival, 'decode', new CodecError('the record has no value: it is a tombstone'));
  return { arrival, event: undefined, carried: undefined, failure: undefined };
}

function failed(arrival: Arrival, operator: string, cause: unknown): Incoming<never> {
  return { arrival, event: undefined, carried: undefined, failure: { operator, cause } };
}
