import { SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { schemaConflict } from './schema-conflict.ts';

/**
 * Checks that a schema can read all that was published under its subject before.
 *
 * @param earlier the subject's schemas, oldest first.
 * @throws SchemaError with the field, and what to do, when it cannot.
 */
export function checkCompatible(
  subject: string,
  schema: RecordSchema,
  earlier: readonly RecordSchema[],
): void {
  for (const [i, writer] of earlier.entries()) {
    const conflict = schemaConflict(schema, writer);
    if (conflict !== undefined)
      throw new SchemaError(
        `schema ${schema.name} cannot read what version ${i + 1} of ${subject} has written: ${conflict}; or publish to a new topic`,
      );
  }
}
