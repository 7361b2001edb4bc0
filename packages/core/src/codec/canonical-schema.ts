/**
 * Writes a schema as JSON such that equal schemas give equal text: keys sorted, documentation left
 * out. Names, defaults and logical types stay, because they change what a reader gets.
 */
export function canonicalSchema(schema: unknown): string {
  return JSON.stringify(schema, (key, value: unknown) => {
    // A default may be an object with a member called `doc`; in a schema the text is always a string.
    if (key === 'doc' && typeof value === 'string') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
