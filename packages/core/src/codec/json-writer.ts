import { CodecError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import type { ValueEncoder } from '../contract/topic-codec.ts';
import { avroType } from './avro-type.ts';
import { misfitOf } from './misfit.ts';

/**
 * Makes an encoder to JSON text that {@link jsonReader} reads back: bytes as base64, numbers that JSON
 * lacks as text.
 *
 * @throws SchemaError when the event's schema is not valid Avro.
 */
export function jsonWriter<T>({ schema, longs }: EventType<RecordSchema, T>): ValueEncoder<T> {
  const type = avroType(schema, longs);
  const names = schema.fields.map(({ name }) => name);
  const plain = plainer(schema);
  return {
    encode(value) {
      if (!type.isValid(value))
        throw new CodecError(`cannot encode ${schema.name}: ${misfitOf(type, value)}`);
      return Buffer.from(JSON.stringify(pick(value as object, names), plain));
    },
  };
}

/** The members of an object that have a name among these, in their order. */
function pick(value: object, names: readonly string[]): Readonly<Record<string, unknown>> {
  const picked: Record<string, unknown> = {};
  for (const name of names) picked[name] = (value as Readonly<Record<string, unknown>>)[name];
  return picked;
}

/** Gives what JSON has no form for as text. */
function plainer({ name, fields }: RecordSchema) {
  const isUnclear = {
    bigint: fields.some(({ type }) => hasBesideOthers(longs, type)),
    number: fields.some(({ type }) => hasBesideOthers(floats, type)),
  };
  return function plain(
    this: Readonly<Record<string, unknown>>,
    key: string,
    value: unknown,
  ): unknown {
    if (isTextOnly(value)) {
      if (!isUnclear[typeof value as 'bigint' | 'number']) return String(value);
      throw new CodecError(
        `cannot encode ${name}: field ${key} is ${String(value)}, which JSON has as text only, and a union of its schema has other branches that are text`,
      );
    }
    if (typeof value === 'bigint') return Number(value);
    // `toJSON` of a Buffer has been called by now: the value itself is still in its holder.
    const own = typeof value === 'object' && value !== null ? this[key] : undefined;
    return own instanceof Uint8Array ? Buffer.from(own).toString('base64') : value;
  };
}

/** Whether JSON has a number as text only: none that is not finite, and none whose last digits it would lose. */
function isTextOnly(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'bigint' && !Number.isSafeInteger(Number(value));
}

type Types = ReadonlySet<unknown>;
const floats: Types = new Set(['float', 'double']);
const longs: Types = new Set(['long']);

/** Whether a type has a union of such numbers and more than null. */
function hasBesideOthers(numbers: Types, type: unknown): boolean {
  if (Array.isArray(type)) {
    const isNumber = type.some((branch) => numbers.has(branch));
    const others = type.filter((branch) => branch !== 'null' && !numbers.has(branch));
    return (isNumber && others.length > 0) || type.some((each) => hasBesideOthers(numbers, each));
  }
  return (
    typeof type === 'object' &&
    type !== null &&
    Object.values(type).some((each) => hasBesideOthers(numbers, each))
  );
}
