import { type RecordSchema, SchemaError } from '@streamify/core';
import { schemaConflict } from '@streamify/core/adapter';
import { saying } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Answer } from './exchange.ts';

/** The error for a schema that a registry has refused with status 409: which field it is, where the newest schema of the subject shows it. */
export async function incompatible(
  ask: Ask,
  { subject, level, schema }: { subject: string; level: string; schema: RecordSchema },
  refused: Answer,
): Promise<SchemaError> {
  const conflict = await ask(
    `read the newest schema of ${subject}`,
    (registry) => registry.latest(subject),
    (answer) => conflictIn(answer, schema),
  ).catch(() => undefined);
  const why = conflict
    ? `: ${conflict}; or publish to a new topic`
    : ` (${saying(refused)}). Give new fields a default and keep the others as they are, or publish to a new topic`;
  return new SchemaError(
    `${subject} takes only schemas with compatibility ${level}, and this one is not compatible with what it holds${why}`,
  );
}

function conflictIn({ status, text }: Answer, schema: RecordSchema): string | undefined {
  if (status !== 200) return undefined;
  const { schema: newest } = JSON.parse(text) as { readonly schema?: unknown };
  return schemaConflict(schema, JSON.parse(String(newest)) as RecordSchema);
}
