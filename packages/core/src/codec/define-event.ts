import { checkOptions } from '../contract/check-options.ts';
import { CodecError, OptionError, SchemaError } from '../contract/errors.ts';
import type { EventType, Longs, RecordSchema } from '../contract/event-type.ts';
import type { InferAvro, NamedTypes } from '../contract/infer-avro.ts';
import type { KeyPart } from '../contract/key.ts';
import { avroType } from './avro-type.ts';
import { eventTime } from './event-time.ts';
import { compositeKey } from './key-text.ts';
import type { ClearUnions } from './union-check.ts';

/** Names of the fields of `T` whose values are all `V`. */
type FieldsOf<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & string;

/** Options of {@link defineEvent}. */
export interface EventOptions<T> {
  /**
   * The field with the event time: a timestamp of milli-, micro- or nanoseconds, or plain numbers in
   * epoch milliseconds. A `date`, a time of day and a local timestamp are no moments, and are refused.
   */
  readonly time: FieldsOf<T, number | bigint | null>;
  /**
   * What partitions the topic, and keyed operators group by: a field, several fields, or a function of
   * the value. One value is its text, with the empty text for null; several are a JSON array, in which
   * nothing can be taken for something else.
   */
  readonly key: KeyField<T> | readonly [KeyField<T>, ...KeyField<T>[]] | KeyFunction<T>;
}

/** What 64-bit integers are, for {@link defineEvent}. */
export interface LongsOption<L extends Longs> {
  /**
   * What values of `long` are: numbers, where those beyond 2 ** 53 - 1 are refused, or bigints, which
   * hold all of them. Times are numbers in any case, but those of nanoseconds. Default `number`.
   */
  readonly longs?: L;
}

/** The value of an event whose longs are numbers or bigints. */
type ValueOf<S, L extends Longs> = InferAvro<
  S,
  NamedTypes<S>,
  L extends 'bigint' ? bigint : number
>;

/** A field that can be a key, or a part of one. */
type KeyField<T> = FieldsOf<T, KeyPart>;

/** Gives one value, or always several. */
type KeyFunction<T> = ((value: T) => KeyPart) | ((value: T) => readonly KeyPart[]);

/**
 * Defines a kind of event from an Avro record schema, and infers its TypeScript type. A union
 * whose branches no value tells apart, such as `['int', 'long']`, does not compile.
 *
 * @example
 * const Play = defineEvent(
 *   { type: 'record', name: 'Play', fields: [
 *     { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
 *     { name: 'listener', type: 'string' },
 *   ] },
 *   { time: 'at', key: 'listener' },
 * );
 * type Play = EventValue<typeof Play>; // { readonly at: number; readonly listener: string }
 *
 * @throws OptionError when a field of `options` is not in the schema, or its time is no moment.
 * @throws SchemaError when the schema is not valid Avro.
 */
export function defineEvent<const S extends RecordSchema, const L extends Longs = 'number'>(
  schema: S & ClearUnions<S>,
  options: EventOptions<ValueOf<S, NoInfer<L>>> & LongsOption<L>,
): EventType<S, ValueOf<S, L>> {
  type T = ValueOf<S, L>;
  if (typeof schema !== 'object' || schema === null)
    throw new SchemaError(`an event has a record schema of Avro, got ${String(schema)}`);
  checkOptions(`event ${schema.name}`, options as object, { time: true, key: true, longs: true });
  const { time, key, longs } = options;
  if (longs !== undefined && longs !== 'number' && longs !== 'bigint')
    throw new OptionError(
      `longs of event ${schema.name} are 'number' or 'bigint', not ${String(longs)}`,
    );
  avroType(schema, longs);
  const names = typeof key === 'function' ? [] : [key].flat();
  checkFields(schema, { time: [time], key: names });
  const read = (value: T, field: string) => (value as Readonly<Record<string, unknown>>)[field];
  return {
    schema,
    ...(longs && { longs }),
    timeOf: eventTime(schema, time) as (value: T) => number,
    keyOf: keyReader(schema.name, key as EventOptions<T>['key'], read),
  };
}

/** @throws OptionError when an option names no field, or no name at all. */
function checkFields(
  { name: event, fields }: RecordSchema,
  options: Readonly<Record<string, readonly unknown[]>>,
): void {
  for (const [option, names] of Object.entries(options)) {
    const wrong = names.find((name) => !fields.some((field) => field.name === name));
    if (wrong !== undefined)
      throw new OptionError(`${option} of event ${event} names no field: ${String(wrong)}`);
  }
}

/** How the key of a value is read. */
function keyReader<T>(
  event: string,
  key: EventOptions<T>['key'],
  read: (value: T, field: string) => unknown,
): (value: T) => string {
  if (typeof key === 'string') return (value) => String(read(value, key) ?? '');
  if (typeof key !== 'function') {
    const fields = key as readonly string[];
    if (fields.length === 0) throw new OptionError(`key of event ${event} names no field`);
    return (value) => compositeKey(fields.map((field) => (read(value, field) ?? null) as KeyPart));
  }
  return (value) => {
    const found: unknown = key(value);
    if (Array.isArray(found)) return compositeKey(found as readonly KeyPart[]);
    if (found === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof found))
      return String(found ?? '');
    throw new CodecError(
      `the key of event ${event} is a text, a number, a bigint, a boolean or null, or several of them as an array; its function gave ${typeof found}`,
    );
  };
}
