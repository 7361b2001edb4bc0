/** Whether two pieces of plain data hold the same, in the same order. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [ours, theirs] = [contentOf(a), contentOf(b)];
  const keys = Object.keys(ours);
  return (
    keys.length === Object.keys(theirs).length &&
    keys.every((key) => Object.hasOwn(theirs, key) && isSame(ours[key], theirs[key]))
  );
}

function contentOf(value: object): Readonly<Record<string, unknown>> {
  if (value instanceof Map || value instanceof Set) return { ...[...value] };
  if (value instanceof Date) return { time: value.getTime() };
  if (value instanceof ArrayBuffer) return { ...new Uint8Array(value) };
  return value as Record<string, unknown>;
}
