import type avsc from 'avsc';
import { SchemaError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { avroType } from './avro-type.ts';
import { parseSchema } from './resolution/parse-schema.ts';
import { resolveSchema } from './resolution/resolve-schema.ts';

/**
 * Checks that values of a writer's schema can be read as a type, whatever becomes of some of them.
 *
 * @param what the writer's schema, as the error calls it.
 * @throws SchemaError with the field and what to do, when no value at all could be read.
 */
export function checkReadable(
  { schema, longs }: EventType<RecordSchema, unknown>,
  writer: RecordSchema,
  what: string,
): void {
  const refusal = refusalOf(schema, writer, avroType(schema, longs));
  if (refusal !== undefined)
    throw new SchemaError(
      `${schema.name} can read nothing that is written with ${what}: ${refusal}`,
    );
}

function refusalOf(reader: RecordSchema, writer: RecordSchema, avro: avsc.Type) {
  try {
    return resolveSchema(parseSchema(writer), parseSchema(reader), avro).refusal;
  } catch (cause) {
    return `it is not valid Avro: ${(cause as Error).message}`;
  }
}
