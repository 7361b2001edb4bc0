import { SchemaError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { resolverFor } from './avro-body.ts';
import { avroType } from './avro-type.ts';

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
  const resolver = resolverFor(
    { avro: avroType(schema, longs), schema },
    { id: 'given', schema: writer },
  );
  const refusal =
    resolver instanceof Error ? `it is not valid Avro: ${resolver.message}` : resolver?.refusal;
  if (refusal !== undefined)
    throw new SchemaError(
      `${schema.name} can read nothing that is written with ${what}: ${refusal}`,
    );
}
