import type { RecordSchema } from '../contract/event-type.ts';

/** The type of a column: an Avro primitive or logical type, or `json` for anything nested. */
export type ColumnType =
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes'
  | 'decimal'
  | 'uuid'
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'json';

/** What a column holds. */
export interface ColumnKind {
  readonly type: ColumnType;
  /** Digits of a `decimal` in all. */
  readonly precision?: number;
  /** Digits of a `decimal` behind its point. */
  readonly scale?: number;
}

/**
 * Tells of each type inside a schema what a column of it holds. A named type may be referred to by its
 * name: the column is the one that its definition gives.
 */
export function columnKinds(schema: RecordSchema): (type: unknown) => ColumnKind {
  const named = new Map<string, ColumnKind>();
  collect(schema, schema.namespace, named);
  const kindOf = (type: unknown): ColumnKind => {
    if (typeof type === 'object' && type !== null && !Array.isArray(type)) return kindOfNode(type);
    if (typeof type !== 'string') return { type: 'json' };
    if (type in primitives) return { type: primitives[type] as ColumnType };
    return named.get(type) ?? named.get(`${schema.namespace}.${type}`) ?? { type: 'json' };
  };
  const kindOfNode = (node: SchemaNode): ColumnKind =>
    logicalKind(node) ?? complexKind(node) ?? kindOf(node.type);
  return kindOf;
}

/** A type that is written as an object. */
interface SchemaNode {
  readonly type?: unknown;
  readonly name?: string;
  readonly namespace?: string;
  readonly size?: unknown;
  readonly fields?: readonly { readonly type: unknown }[];
  readonly items?: unknown;
  readonly values?: unknown;
  readonly logicalType?: unknown;
  readonly precision?: unknown;
  readonly scale?: unknown;
}

const primitives: Readonly<Record<string, ColumnType>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
};

/** Logical types by the type that each annotates: on another it means nothing. Source: Avro 1.12, "Logical Types". */
const logicalTypes: Readonly<Record<string, Readonly<Record<string, ColumnType>>>> = {
  int: { date: 'date', 'time-millis': 'time-millis' },
  long: {
    'time-micros': 'time-micros',
    'timestamp-millis': 'timestamp-millis',
    'timestamp-micros': 'timestamp-micros',
    'timestamp-nanos': 'timestamp-nanos',
    'local-timestamp-millis': 'timestamp-millis',
    'local-timestamp-micros': 'timestamp-micros',
    'local-timestamp-nanos': 'timestamp-nanos',
  },
  string: { uuid: 'uuid' },
  bytes: { decimal: 'decimal' },
  fixed: { decimal: 'decimal', uuid: 'uuid' },
};

/** What a logical type makes of a column; `undefined` where there is none, or none that is valid there. */
function logicalKind(node: SchemaNode): ColumnKind | undefined {
  const { type: annotated, logicalType, precision, scale = 0, size } = node;
  if (typeof annotated !== 'string' || typeof logicalType !== 'string') return undefined;
  const type = logicalTypes[annotated]?.[logicalType];
  if (type === 'uuid' && annotated === 'fixed' && size !== 16) return undefined;
  if (type !== 'decimal') return type && { type };
  const valid = isCount(precision) && isCount(scale) && precision > 0 && scale <= precision;
  return valid ? { type, precision, scale } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function complexKind({ type }: SchemaNode): ColumnKind | undefined {
  if (type === 'enum') return { type: 'string' };
  if (type === 'fixed') return { type: 'bytes' };
  if (type === 'record' || type === 'array' || type === 'map') return { type: 'json' };
  return undefined;
}

/** Notes the named types inside a type, by their full names. */
function collect(
  type: unknown,
  namespace: string | undefined,
  into: Map<string, ColumnKind>,
): void {
  if (Array.isArray(type)) {
    for (const branch of type) collect(branch, namespace, into);
    return;
  }
  if (typeof type !== 'object' || type === null) return;
  const node = type as SchemaNode;
  const own = node.namespace ?? namespaceIn(node.name) ?? namespace;
  const kind = complexKind(node);
  if (node.name !== undefined && kind)
    into.set(fullName(node.name, own), logicalKind(node) ?? kind);
  for (const inner of [
    node.type,
    node.items,
    node.values,
    ...(node.fields ?? []).map((f) => f.type),
  ])
    collect(inner, own, into);
}

function namespaceIn(name: string | undefined): string | undefined {
  const dot = name?.lastIndexOf('.') ?? -1;
  return dot < 0 ? undefined : name?.slice(0, dot);
}

function fullName(name: string, namespace: string | undefined): string {
  return name.includes('.') || !namespace ? name : `${namespace}.${name}`;
}
