/** A value as JSON. Bytes are base64; what JSON has no word for (`NaN`, a bigint) is text. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, shown: unknown) {
    // `toJSON` of a Buffer has been called by now: the value itself is still in its holder.
    const held = this[key];
    if (held instanceof Uint8Array) return Buffer.from(held).toString('base64');
    if (typeof shown === 'bigint') return String(shown);
    if (typeof shown === 'number' && !Number.isFinite(shown)) return String(shown);
    return shown;
  });
  // A function, or undefined, is left out of objects, and has no text by itself.
  return text ?? 'null';
}
