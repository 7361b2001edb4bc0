/**
 * Writes a value as JSON, in one line, as every sink does with elements that have no columns. Bytes are
 * base64; half a surrogate pair is U+FFFD; a bigint and a number that JSON does not have (`NaN`, `Infinity`) are text; a Map is an array
 * of its entries, and a Set one of its values. A function, a symbol and `undefined` are left out of
 * objects, and `null` by themselves.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, shown: unknown) {
    // `toJSON` of a Buffer has been called by now: the value itself is still in its holder.
    const held = this[key];
    if (held instanceof Uint8Array) return Buffer.from(held).toString('base64');
    if (held instanceof Map || held instanceof Set) return [...held];
    if (typeof shown === 'bigint') return String(shown);
    if (typeof shown === 'number' && !Number.isFinite(shown)) return String(shown);
    return shown;
  });
  return wellFormed(text ?? 'null');
}

/** Puts U+FFFD for half surrogate pairs, which JSON writes as escapes that many readers refuse. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  // Every escape is looked at, so that a backslash of the text itself begins none.
  return json.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (found, half) =>
    half ? '\ufffd' : found,
  );
}

/** Says why a value would not come back from JSON as it is; `undefined` when it would. Bytes come back as base64, and a bigint as its digits in a text. */
export function jsonMisfit(value: unknown, path = 'it'): string | undefined {
  if (value === null || ['string', 'boolean', 'bigint'].includes(typeof value)) return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON does not have`;
  if (typeof value !== 'object') return `${path} is a ${typeof value}, which JSON does not have`;
  if (value instanceof Uint8Array) return undefined;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype)
    return `${path} is an instance of ${prototype.constructor?.name ?? 'a class'}, of which JSON keeps no class`;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined && !Array.isArray(value)) continue;
    const misfit = jsonMisfit(item, path === 'it' ? key : `${path}.${key}`);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}
