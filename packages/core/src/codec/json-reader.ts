import { CodecError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { avroType } from './avro-type.ts';
import { jsonFault } from './json-fault.ts';
import { Misfit } from './json-misfit.ts';
import { jsonType } from './json-type.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes what reads values from JSON text with the fields of an event's schema, into what Avro would
 * have given. A field that is missing takes its default, or null where it may be null; fields that the
 * schema does not have are passed over. Bytes are base64; times may be ISO 8601, and longs and decimals
 * text; a union may name its branch, as in Avro's own JSON encoding.
 *
 * @throws SchemaError when the event's schema is not valid Avro.
 */
export function jsonReader<T>({
  schema,
  longs,
}: EventType<RecordSchema, T>): (bytes: Uint8Array) => T {
  avroType(schema, longs);
  const read = jsonType(schema, longs);
  return (bytes) => {
    try {
      return read(parsed(bytes)) as T;
    } catch (cause) {
      throw new CodecError(`cannot decode ${schema.name}: ${reasonOf(cause)}`, { cause });
    }
  };
}

function parsed(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Misfit('is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    const fault = jsonFault(text);
    const where = fault && `: ${fault.problem}, in row ${fault.row}, column ${fault.column}`;
    throw new Misfit(`is not JSON${where ?? ''}`);
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Misfit) return cause.reason;
  if (cause instanceof RangeError) return 'it is nested too deeply';
  return (cause as Error).message;
}
