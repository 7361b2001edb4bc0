import { type DeadLetter, type Headers, headerText } from '@streamify/core';
import { type LogRecord, readResult, storeResult } from '@streamify/core/adapter';
import type { Message } from 'kafkajs';

const ours = 'streamify-';
const redriven = 'streamify-redriven';
/** Prefix of those of the record's own headers whose names begin as ours do. */
const escaped = 'streamify-header-';

/** Makes a message of a dead letter: the record as it was, and everything else in headers. */
export function deadLetterMessage(letter: DeadLetter, job: string): Message {
  const { position, key, raw, headers, schemaId, loggedAt, operator, result, reason, stack } =
    letter;
  const stored = result && storeResult(result);
  const own = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.startsWith(ours) ? `${escaped}${name}` : name,
      value,
    ]),
  );
  return {
    key,
    value: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength),
    headers: {
      ...own,
      'streamify-job': job,
      'streamify-reason': reason,
      'streamify-operator': operator,
      'streamify-topic': position.topic,
      'streamify-partition': String(position.partition),
      'streamify-offset': String(position.offset),
      'streamify-logged-at': String(loggedAt),
      ...(schemaId !== undefined && { 'streamify-schema-id': String(schemaId) }),
      ...(stored && { 'streamify-result': stored.json }),
      ...(stored?.value && {
        'streamify-result-value': Buffer.from(stored.value).toString('base64'),
      }),
      ...(stack !== undefined && { 'streamify-stack': stack }),
    },
  };
}

/** Makes the message that closes a dead letter, which was re-driven. It has no value. */
export function closingMessage(letterId: string, job: string): Message {
  return { key: letterId, value: null, headers: { 'streamify-job': job, [redriven]: letterId } };
}

/** The id of the dead letter that a record closes; `undefined` when the record is a dead letter itself. */
export function closedBy({ headers }: LogRecord): string | undefined {
  return headerText(headers, redriven);
}

/** Reads what {@link deadLetterMessage} has made. */
export function readDeadLetter({ key, value, headers = {} }: LogRecord): DeadLetter {
  const own = Object.entries(headers).flatMap(([name, value]) => {
    if (name.startsWith(escaped)) return [[name.slice(escaped.length), value]];
    return name.startsWith(ours) ? [] : [[name, value]];
  });
  const found = (name: string) => headerText(headers, `${ours}${name}`);
  const text = (name: string) => found(name) ?? '';
  const [schemaId, json, encoded] = [found('schema-id'), found('result'), found('result-value')];
  return {
    position: {
      topic: text('topic'),
      partition: Number(text('partition')),
      offset: Number(text('offset')),
    },
    key,
    raw: value,
    headers: Object.fromEntries(own) as Headers,
    schemaId: schemaId === undefined ? undefined : Number(schemaId),
    loggedAt: Number(text('logged-at')),
    operator: text('operator'),
    result:
      json === undefined
        ? undefined
        : readResult({
            json,
            value: encoded === undefined ? undefined : Buffer.from(encoded, 'base64'),
          }),
    reason: text('reason'),
    stack: found('stack'),
  };
}
