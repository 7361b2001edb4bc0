import type { DeadLetter } from '@streamify/core';
import {
  headersJson,
  letterId,
  readHeadersJson,
  readResult,
  storeResult,
} from '@streamify/core/adapter';
import { textOf } from './column-storage.ts';
import { insertRows, type WrittenColumn } from './insert-rows.ts';
import type { Row, Session } from './session.ts';

const columns: readonly WrittenColumn[] = [
  { name: 'JOB', type: 'string' },
  { name: 'ID', type: 'string' },
  { name: 'TOPIC', type: 'string' },
  { name: 'PARTITION', type: 'int' },
  { name: 'OFFSET', type: 'long' },
  { name: 'KEY', type: 'string' },
  { name: 'RAW', type: 'bytes' },
  { name: 'HEADERS', type: 'string' },
  { name: 'SCHEMA_ID', type: 'int' },
  { name: 'LOGGED_AT', type: 'timestamp-millis' },
  { name: 'OPERATOR', type: 'string' },
  { name: 'RESULT', type: 'string' },
  { name: 'RESULT_VALUE', type: 'bytes' },
  { name: 'REASON', type: 'string' },
  { name: 'STACK', type: 'string' },
  { name: 'INGESTED_AT', type: 'timestamp-millis' },
];

/** Appends the dead letters of an epoch. Call it inside the transaction that writes the rows. */
export async function addLetters(
  session: Session,
  job: string,
  letters: readonly DeadLetter[],
  ingestedAt: number,
): Promise<void> {
  const rows = letters.map((letter) => {
    const { position, schemaId, result, stack } = letter;
    const stored = result && storeResult(result);
    const values = [
      job,
      letterId(letter),
      position.topic,
      position.partition,
      position.offset,
      letter.key,
      letter.raw,
      headersJson(letter.headers),
      schemaId,
      letter.loggedAt,
      letter.operator,
      stored?.json,
      stored?.value,
      letter.reason,
      stack,
      ingestedAt,
    ];
    return columns.map((column, i) => textOf(column, values[i]));
  });
  await insertRows(session, '_STREAMIFY_DEAD_LETTERS', columns, rows);
}

/** Closes dead letters that were re-driven. Call it inside the transaction of what came of them. */
export async function closeLetters(
  session: Session,
  job: string,
  letters: readonly string[],
  at: number,
): Promise<void> {
  if (letters.length === 0) return;
  await session.run(
    `update "_STREAMIFY_DEAD_LETTERS" set "REDRIVEN_AT" = to_timestamp_ntz(?)
     where "JOB" = ? and "REDRIVEN_AT" is null
       and "ID" in (select r.value::varchar from table(flatten(input => parse_json(?))) r)`,
    [textOf({ type: 'timestamp-millis' }, at) as string, job, JSON.stringify(letters)],
  );
}

/** The dead letters of a job that are still open, by partition and position. */
export async function readLetters(session: Session, job: string): Promise<readonly DeadLetter[]> {
  const { rows } = await session.run(
    `select "TOPIC", "PARTITION", "OFFSET", "KEY", base64_encode("RAW") as "RAW", "HEADERS", "SCHEMA_ID",
       date_part(epoch_millisecond, "LOGGED_AT") as "LOGGED_AT", "OPERATOR", "RESULT",
       base64_encode("RESULT_VALUE") as "RESULT_VALUE", "REASON", "STACK"
     from "_STREAMIFY_DEAD_LETTERS" where "JOB" = ? and "REDRIVEN_AT" is null
     order by "PARTITION", "TOPIC", "OFFSET", "INGESTED_AT"`,
    [job],
  );
  return rows.map(letterOf);
}

function letterOf(row: Row): DeadLetter {
  const text = (name: string) => (row[name] === null ? undefined : String(row[name]));
  const bytes = (name: string) => {
    const encoded = text(name);
    return encoded === undefined ? undefined : new Uint8Array(Buffer.from(encoded, 'base64'));
  };
  const result = text('RESULT');
  const schemaId = text('SCHEMA_ID');
  return {
    position: {
      topic: text('TOPIC') ?? '',
      partition: Number(row['PARTITION']),
      offset: Number(row['OFFSET']),
    },
    key: text('KEY') ?? '',
    raw: bytes('RAW') ?? new Uint8Array(),
    headers: readHeadersJson(text('HEADERS') ?? '{}'),
    schemaId: schemaId === undefined ? undefined : Number(schemaId),
    loggedAt: Number(row['LOGGED_AT']),
    operator: text('OPERATOR') ?? '',
    result:
      result === undefined ? undefined : readResult({ json: result, value: bytes('RESULT_VALUE') }),
    reason: text('REASON') ?? '',
    stack: text('STACK'),
  };
}
