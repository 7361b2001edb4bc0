/** The value of a header: text, or bytes that are no text in UTF-8. `null` where it has none. */
export type HeaderValue = string | Uint8Array | null;

/**
 * Small named values beside a record, such as the file it was imported from. A name that a record has
 * several times has all of its values, in their order.
 */
export type Headers = Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;

/** The text of a header; of several with its name the last. `undefined` when there is none, or it is no text. */
export function headerText(headers: Headers | undefined, name: string): string | undefined {
  if (!headers || !Object.hasOwn(headers, name)) return undefined;
  const found = headers[name];
  const value: unknown = Array.isArray(found) ? found.at(-1) : found;
  return typeof value === 'string' ? value : undefined;
}
