import { avroDecoder } from '../codec/avro-codec.ts';
import { isWatermarkRecord, readWatermark } from '../codec/watermark-record.ts';
import { schemaIdOf } from '../codec/wire-format.ts';
import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import type { Position, StreamEvent } from '../contract/event.ts';
import type { LogRecord } from '../contract/event-log.ts';
import type { Arrival } from './arrival.ts';
import type { Input } from './input.ts';

/** A record, decoded into an event or a watermark, or with the failure to decode it. */
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
  readonly #decoder: ReturnType<typeof avroDecoder<A>>;

  constructor(options: RecordDecoderOptions<A>) {
    const { type, log } = options.input.topic;
    this.#options = options;
    this.#decoder = avroDecoder(type, log.registry);
  }

  /** Fetches the schemas that these records were written with, so that they can be decoded. */
  prepare(records: readonly LogRecord[]): Promise<void> {
    return this.#decoder.prepare(records);
  }

  decode(record: LogRecord): Incoming<A> {
    const { input, partition, refusalOfTime } = this.#options;
    const { offset, key, value: raw, loggedAt } = record;
    const position: Position = { topic: input.topic.name, partition, offset };
    const arrival: Arrival = { record, position, schemaId: schemaIdOf(raw) };
    if (isWatermarkRecord(record)) return incomingWatermark(arrival);
    let value: A;
    try {
      value = this.#decoder.decode(record);
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

function failed(arrival: Arrival, operator: string, cause: unknown): Incoming<never> {
  return { arrival, event: undefined, carried: undefined, failure: { operator, cause } };
}
