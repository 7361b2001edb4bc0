/**
 * Describes the shape of a value: the fields of records by name, and the types of what they hold. Values that
 * differ only in what they count or say have the same.
 */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return shapeOfArray(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') return kind;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `${name}: ${shapeOf(each)}`).join(', ')}}`;
}

function shapeOfArray(values: readonly unknown[]): string {
  const shapes = values.map(shapeOf);
  const [first = ''] = shapes;
  const isUniform = shapes.every((shape) => shape === first);
  return isUniform ? `${first}[${shapes.length}]` : `[${shapes.join(', ')}]`;
}
