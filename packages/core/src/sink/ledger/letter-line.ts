import { readResult, storeResult } from '../../adapter/stored-result.ts';
import { headersOfJson, jsonOfHeaders } from '../../codec/header-values.ts';
import type { DeadLetter, ResultId } from '../../contract/dead-letter.ts';

/** A dead letter as a line of JSON: `undefined` is left out, and bytes are base64. */
export type LetterLine = Omit<DeadLetter, 'headers' | 'raw' | 'result' | 'schemaId' | 'stack'> & {
  readonly headers: object;
  readonly raw: string;
  readonly schemaId?: number;
  readonly stack?: string;
  readonly result?: ResultId;
  /** The result's value exactly, which its JSON may not have. */
  readonly resultValue?: string;
};

/** Makes the line of a dead letter. */
export function letterLine({
  headers,
  result,
  raw,
  schemaId,
  stack,
  ...letter
}: DeadLetter): LetterLine {
  const stored = result && storeResult(result);
  return {
    ...letter,
    headers: jsonOfHeaders(headers),
    raw: base64(raw),
    ...(schemaId !== undefined && { schemaId }),
    ...(stack !== undefined && { stack }),
    ...(result && { result }),
    ...(stored?.value && { resultValue: base64(stored.value) }),
  };
}

/** Reads a line of a file of dead letters. */
export function readLetterLine(line: string): DeadLetter {
  const stored = JSON.parse(line) as LetterLine;
  const { headers, raw, result, resultValue, schemaId, stack, ...letter } = stored;
  const value = resultValue === undefined ? undefined : Buffer.from(resultValue, 'base64');
  return {
    ...letter,
    headers: headersOfJson(headers),
    raw: Buffer.from(raw, 'base64'),
    schemaId,
    stack,
    result: result && readResult({ json: JSON.stringify(result), value }),
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
