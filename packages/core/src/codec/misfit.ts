import type avsc from 'avsc';

/** Names the first field of a value that does not fit its type: its path, what it holds, what it should. */
export function misfitOf(type: avsc.Type, value: unknown): string | undefined {
  let misfit: string | undefined;
  type.isValid(value, {
    errorHook: (path: string[], found: unknown, expected: avsc.Type) => {
      misfit ??= `${path.length === 0 ? 'it' : `field ${path.join('.')}`} is ${typeOf(found)}, not ${nameOf(expected)}`;
    },
  });
  return misfit;
}

/** The kind of a value, and the value itself where it is a number: that is what makes numbers misfit. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'number' || typeof value === 'bigint') return `${typeof value} ${value}`;
  if (typeof value === 'object') return value.constructor?.name ?? 'an object';
  return typeof value;
}

function nameOf(type: avsc.Type): string {
  if (avscIs(type, 'union')) return (type as UnionType).types.map(nameOf).join(' or ');
  if (type.name !== undefined) return type.name;
  if (avscIs(type, 'logical')) return logicalName(type as LogicalType);
  return type.typeName;
}

type UnionType = avsc.Type & { readonly types: readonly avsc.Type[] };
type LogicalType = avsc.Type & { readonly underlyingType: avsc.Type };

const avscIs = (type: avsc.Type, kind: string) => type.typeName.startsWith(kind);
const logicalNames: Readonly<Record<string, string>> = {
  'logical:decimal': 'decimal',
  'logical:own-uuid': 'uuid',
};
const logicalName = ({ typeName, underlyingType }: LogicalType) =>
  logicalNames[typeName] ?? nameOf(underlyingType);
