import type { AvroField } from './infer-avro.ts';

/** An Avro record schema, written as a constant. */
export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

/** What 64-bit integers are in JavaScript: numbers, which hold them up to 2 ** 53 - 1, or bigints, which hold them all. */
export type Longs = 'number' | 'bigint';

/** A kind of event: its schema, and where its time and key come from. `T` is inferred from the schema. */
export interface EventType<S extends RecordSchema, T> {
  readonly schema: S;
  /** What values of `long` are. Default: numbers. Times are numbers in any case. */
  readonly longs?: Longs | undefined;
  /** Event time in epoch milliseconds; `NaN` where the value has none. */
  timeOf(value: T): number;
  /** The key, which decides the partition and is what keyed operators group by. */
  keyOf(value: T): string;
}

/** The value of an event type. */
export type EventValue<E> = E extends EventType<infer _S, infer T> ? T : never;
