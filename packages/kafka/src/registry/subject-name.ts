import type { RecordSchema } from '@streamify/core';
import type { SubjectNaming } from './registry-options.ts';

/**
 * The subject of a schema, as Confluent's serializers name it.
 *
 * @param subject what core asks for: `<topic>-value`.
 */
export function subjectName(naming: SubjectNaming, subject: string, schema: RecordSchema): string {
  if (naming === 'topic') return subject;
  if (naming === 'record') return fullName(schema);
  return `${subject.replace(/-(?:key|value)$/, '')}-${fullName(schema)}`;
}

/** A name with dots is a full name already, whatever the namespace beside it. Source: Avro specification, "Names". */
function fullName({ name, namespace }: RecordSchema): string {
  return name.includes('.') || !namespace ? name : `${namespace}.${name}`;
}
