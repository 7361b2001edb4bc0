import type { DuckDBConnection } from '@duckdb/node-api';
import type { DeadLetter } from '@streamify/core';
import {
  headersJson,
  letterId,
  readHeadersJson,
  readResult,
  storeResult,
} from '@streamify/core/adapter';
import { append } from './append.ts';
import { timestamp } from './timestamp.ts';

/** Appends the dead letters of an epoch. Call it inside the transaction that writes the rows. */
export async function addLetters(
  connection: DuckDBConnection,
  job: string,
  letters: readonly DeadLetter[],
  ingestedAt: number,
): Promise<void> {
  if (letters.length === 0) return;
  await append(connection, { schema: '_streamify', table: 'dead_letters' }, (appender) => {
    const text = (value: string | undefined) =>
      value === undefined ? appender.appendNull() : appender.appendVarchar(value);
    for (const letter of letters) {
      const { position, schemaId, result, stack } = letter;
      const stored = result && storeResult(result);
      appender.appendVarchar(job);
      appender.appendVarchar(letterId(letter));
      appender.appendVarchar(position.topic);
      appender.appendInteger(position.partition);
      appender.appendBigInt(BigInt(position.offset));
      appender.appendVarchar(letter.key);
      appender.appendBlob(letter.raw);
      appender.appendVarchar(headersJson(letter.headers));
      if (schemaId === undefined) appender.appendNull();
      else appender.appendInteger(schemaId);
      appender.appendTimestamp(timestamp(letter.loggedAt));
      appender.appendVarchar(letter.operator);
      text(stored?.json);
      if (stored?.value) appender.appendBlob(stored.value);
      else appender.appendNull();
      appender.appendVarchar(letter.reason);
      text(stack);
      appender.appendTimestamp(timestamp(ingestedAt));
      appender.appendNull();
      appender.endRow();
    }
  });
}

/** Closes dead letters that were re-driven. Call it inside the transaction of what came of them. */
export async function closeLetters(
  connection: DuckDBConnection,
  job: string,
  letters: readonly string[],
  at: number,
): Promise<void> {
  for (const id of letters)
    await connection.run(
      'update _streamify.dead_letters set redriven_at = $at where job = $job and id = $id and redriven_at is null',
      { job, id, at: timestamp(at) },
    );
}

/** The dead letters of a job that are still open, by partition and position. */
export async function readLetters(
  connection: DuckDBConnection,
  job: string,
): Promise<readonly DeadLetter[]> {
  const reader = await connection.runAndReadAll(
    `select topic, partition, "offset", key, raw, headers, schema_id, epoch_ms(logged_at), operator, result, result_value, reason, stack
     from _streamify.dead_letters where job = $job and redriven_at is null
     order by partition, topic, "offset", ingested_at`,
    { job },
  );
  return (reader.getRows() as unknown as LetterRow[]).map(letterOf);
}

interface Blob {
  readonly bytes: Uint8Array;
}

/** A row as DuckDB gives it, in the order of the columns that are selected. */
type LetterRow = readonly [
  topic: string,
  partition: number,
  offset: bigint,
  key: string,
  raw: Blob,
  headers: string,
  schemaId: number | null,
  loggedAt: bigint,
  operator: string,
  result: string | null,
  resultValue: Blob | null,
  reason: string,
  stack: string | null,
];

function letterOf(row: LetterRow): DeadLetter {
  const [topic, partition, offset, key, raw, headers, schemaId, loggedAt, operator, ...rest] = row;
  const [result, resultValue, reason, stack] = rest;
  return {
    position: { topic, partition, offset: Number(offset) },
    key,
    raw: raw.bytes,
    headers: readHeadersJson(headers),
    schemaId: schemaId ?? undefined,
    loggedAt: Number(loggedAt),
    operator,
    result: result === null ? undefined : readResult({ json: result, value: resultValue?.bytes }),
    reason,
    stack: stack ?? undefined,
  };
}
