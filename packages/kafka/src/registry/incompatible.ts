import { type RecordSchema, SchemaError } from '@streamify/core';
import { schemaConflict } from '@streamify/core/adapter';
import { saying } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Answer } from './exchange.ts';
import { newestIn } from './read-answer.ts';

/** The error for a schema that a registry has refused with status 409: which field it is, where the newest schema of the subject shows it. */
export async function incompatible(
  ask: Ask,
  { subject, level, schema }: { subject: string; level: string; schema: RecordSchema },
  refused: Answer,
): Promise<SchemaError> {
  const newest = await ask(
    `read the newest schema of ${subject}`,
    (registry) => registry.latest(subject),
    (answer) => newestIn(subject, answer),
  ).catch(() => undefined);
  const conflict = newest && schemaConflict(schema, newest);
  const why = conflict
    ? `: ${conflict}; or publish to a new topic`
    : ` (${saying(refused)}). Give new fields a default and keep the others as they are, or publish to a new topic`;
  return new SchemaError(
    `${subject} takes only schemas with compatibility ${level}, and this one is not compatible with what it holds${why}`,
  );
}
