import { deserialize, serialize } from 'node:v8';
import type { ResultId } from '../contract/dead-letter.ts';
import { jsonText } from './json-text.ts';

/** The result of a dead letter as sinks store it: as JSON for people, and its value exactly, for `redrive`. */
export interface StoredResult {
  readonly json: string;
  /** V8's serialization of the structured clone algorithm; `undefined` where the value cannot be cloned. */
  readonly value: Uint8Array | undefined;
}

/** Encodes a result for storage. JSON alone would give bytes, dates and 64-bit integers back as text. */
export function storeResult(result: ResultId): StoredResult {
  const json = jsonText(result);
  try {
    return { json, value: serialize(result.value) };
  } catch {
    return { json, value: undefined };
  }
}

/** Decodes a result that {@link storeResult} has encoded. */
export function readResult({ json, value }: StoredResult): ResultId {
  const result = JSON.parse(json) as ResultId;
  return value === undefined ? result : { ...result, value: deserialize(value) as unknown };
}
