import { OptionError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import type { InferAvro } from '../contract/infer-avro.ts';
import { avroType } from './avro-type.ts';
import type { ClearUnions } from './union-check.ts';

/** Names of the fields of `T` whose values are all `V`. */
type FieldsOf<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & string;

export interface EventOptions<T> {
  /** The field with the event time, in epoch milliseconds. */
  readonly time: FieldsOf<T, number | null>;
  /** The field with the key. A number becomes its decimal string, null the empty string. */
  readonly key: FieldsOf<T, string | number | null>;
}

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
 * @throws OptionError when a field of `options` is not in the schema.
 * @throws SchemaError when the schema is not valid Avro.
 */
export function defineEvent<const S extends RecordSchema>(
  schema: S & ClearUnions<S>,
  options: EventOptions<InferAvro<S>>,
): EventType<S, InferAvro<S>> {
  type T = InferAvro<S>;
  avroType(schema);
  for (const [option, field] of Object.entries(options)) {
    if (!schema.fields.some(({ name }) => name === field))
      throw new OptionError(`${option} of event ${schema.name} names no field: ${String(field)}`);
  }
  const { time, key } = options;
  const read = (value: T, field: string) => (value as Readonly<Record<string, unknown>>)[field];
  return {
    schema,
    timeOf: (value: T) => (read(value, time) as number | null | undefined) ?? Number.NaN,
    keyOf: (value: T) => String(read(value, key) ?? ''),
  };
}
