import { isUtf8 } from 'node:buffer';
import { OptionError } from '../contract/errors.ts';
import type { Headers, HeaderValue } from '../contract/headers.ts';

/** Gives the headers of a record, of which several may have one name. */
export function headersOf(
  named: readonly (readonly [name: string, bytes: Uint8Array | null])[],
): Headers {
  const values = new Map<string, HeaderValue | HeaderValue[]>();
  for (const [name, bytes] of named) {
    const value = headerValue(bytes);
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else values.set(name, [before, value]);
  }
  // Unlike assignments, this makes a property of any name.
  return Object.fromEntries(values);
}

function headerValue(bytes: Uint8Array | null): HeaderValue {
  if (bytes === null || !isUtf8(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/**
 * Copies headers, their bytes too: whoever made them may use these again.
 *
 * @throws OptionError when a value is neither text nor bytes.
 */
export function copyOfHeaders(headers: Headers): Headers {
  return mapped(headers, (bytes) => Buffer.from(bytes)) as Headers;
}

/**
 * Writes headers as JSON: bytes are `{"base64": …}`, so that they come back as they are.
 *
 * @throws OptionError when a value is neither text nor bytes.
 */
export function headersJson(headers: Headers): string {
  return JSON.stringify(jsonOfHeaders(headers));
}

/** {@link headersJson} as an object, which JSON holds as it is. */
export function jsonOfHeaders(headers: Headers): object {
  return mapped(headers, ({ buffer, byteOffset, byteLength }) => ({
    base64: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  }));
}

/** Reads headers that {@link headersJson} has written. */
export function readHeadersJson(json: string): Headers {
  return headersOfJson(JSON.parse(json) as object);
}

/** Reads headers that {@link jsonOfHeaders} has made. */
export function headersOfJson(json: object): Headers {
  return eachValue(json, (value) =>
    typeof value === 'object' && value !== null
      ? Buffer.from((value as { readonly base64: string }).base64, 'base64')
      : value,
  ) as Headers;
}

/** Puts something in the place of bytes. */
function mapped(headers: Headers, map: (bytes: Uint8Array) => unknown): object {
  return eachValue(headers, (value, name) => {
    if (value === null || typeof value === 'string') return value;
    if (value instanceof Uint8Array) return map(value);
    throw new OptionError(`header ${name} is ${typeof value}, neither text nor bytes`);
  });
}

/** Puts something in the place of each value, also where several have one name. */
function eachValue(headers: object, map: (value: unknown, name: string) => unknown): object {
  const entries = Object.entries(headers).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? value.map((each) => map(each, name)) : map(value, name),
  ]);
  return Object.fromEntries(entries) as object;
}
