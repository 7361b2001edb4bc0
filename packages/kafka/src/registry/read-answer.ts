import { type RecordSchema, SchemaError } from '@streamify/core';
import { isMissing, saying, successOf } from './answer.ts';
import type { Answer } from './exchange.ts';
import { PassingFailure } from './with-patience.ts';

/**
 * The id that a schema got; the answer itself when the schema is not compatible with those of the subject.
 *
 * @throws SchemaError when the registry does not take it for another reason.
 */
export function registeredId(subject: string, answer: Answer): number | Answer {
  if (answer.status === 409) return answer;
  if (answer.status === 422)
    throw new SchemaError(
      `the schema registry does not take this schema under ${subject} (${saying(answer)})`,
    );
  const { id } = successOf(answer);
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= 2 ** 31 - 1) return id;
  throw new PassingFailure(`it answered no schema id but ${JSON.stringify(id)}`);
}

/**
 * The schema in an answer, as whoever registered it wrote it.
 *
 * @throws SchemaError when there is none with this id, or one that is not Avro in one piece.
 */
export function schemaIn(id: number, answer: Answer): RecordSchema {
  if (isMissing(answer)) throw new SchemaError(`no schema has id ${id} (${saying(answer)})`);
  return avroIn(`schema ${id}`, answer);
}

/**
 * The newest schema of a subject in an answer; `undefined` when there is none.
 *
 * @throws SchemaError when it is not Avro in one piece.
 */
export function newestIn(subject: string, answer: Answer): RecordSchema | undefined {
  return isMissing(answer) ? undefined : avroIn(`the newest schema of ${subject}`, answer);
}

function avroIn(what: string, answer: Answer): RecordSchema {
  const { schema, schemaType = 'AVRO', references = [] } = successOf(answer);
  if (typeof schema !== 'string') throw new PassingFailure('it answered no schema');
  if (schemaType !== 'AVRO')
    throw new SchemaError(`${what} is ${String(schemaType)}; only Avro can be read`);
  if (Array.isArray(references) && references.length > 0) {
    const names = references.map((each: { readonly name?: unknown }) => String(each?.name));
    throw new SchemaError(
      `${what} refers to other schemas (${names.join(', ')}), which is not supported: register it with these written out inside`,
    );
  }
  try {
    return JSON.parse(schema) as RecordSchema;
  } catch (cause) {
    throw new SchemaError(`${what} is not JSON in the registry`, { cause });
  }
}
