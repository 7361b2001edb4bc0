import type { AvroNode, LeafNode, RecordNode } from '../codec/resolution/avro-node.ts';
import { OptionError } from '../contract/errors.ts';

/** The type of a column: an Avro primitive or logical type, a nested type, or `json` for anything nested. */
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
  | 'json'
  | 'struct'
  | 'list'
  | 'map';

/** What a column holds. */
export interface ColumnKind {
  readonly type: ColumnType;
  /** Digits of a `decimal` in all. */
  readonly precision?: number;
  /** Digits of a `decimal` behind its point. */
  readonly scale?: number;
  /** What a `struct` is made of. */
  readonly fields?: readonly TableColumn[];
  /** What a `list` holds, or a `map` by its keys. */
  readonly items?: ColumnItems;
}

/** What a column holds, or a part of it, and whether that may be null. */
export interface ColumnItems extends ColumnKind {
  readonly nullable: boolean;
}

/** A column of a table made from an Avro record schema, or a field of a `struct`. */
export interface TableColumn extends ColumnItems {
  /** The field of the row. */
  readonly field: string;
  /** The column's name: the field's in snake case. */
  readonly name: string;
}

/** What records, arrays and maps become: `json`, or `struct`, `list` and `map` with columns' types for their parts. */
export type Nested = 'json' | 'struct';

/** The name of the column that a field gives: the field's in snake case. */
export function columnName(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/**
 * Gives a column for each field of a record.
 *
 * @throws OptionError when two fields give the same.
 */
export function columnsOf({ name, fields }: RecordNode, nested: Nested): TableColumn[] {
  return fieldColumns(name, fields, { nested, within: [] });
}

/** How parts are to be stored, and the records that a type stands in. */
interface Place {
  readonly nested: Nested;
  readonly within: readonly RecordNode[];
}

function fieldColumns(record: string, fields: RecordNode['fields'], place: Place): TableColumn[] {
  const columns = fields.map(({ name: field, type }) => ({
    field,
    name: columnName(field),
    ...itemsOf(type, place),
  }));
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return columns;
  throw new OptionError(`two fields of ${record} give the column ${twice}`);
}

/** A union of one type and null is that type, or null; any other union is JSON. */
function itemsOf(type: AvroNode, place: Place): ColumnItems {
  const branches = type.kind === 'union' ? type.branches : [type];
  const values = branches.filter(({ kind }) => kind !== 'null');
  const [only] = values;
  const kind: ColumnKind = only && values.length === 1 ? kindOf(only, place) : { type: 'json' };
  return { ...kind, nullable: values.length < branches.length };
}

function kindOf(type: AvroNode, place: Place): ColumnKind {
  switch (type.kind) {
    case 'enum':
      return { type: 'string' };
    case 'fixed':
      return logicalKind(type) ?? { type: 'bytes' };
    case 'record':
    case 'array':
    case 'map':
      return (place.nested === 'struct' && nestedKind(type, place)) || { type: 'json' };
    case 'null':
    case 'union':
      return { type: 'json' };
    default:
      return logicalKind(type) ?? { type: type.kind };
  }
}

/** The kind of a nested type; `undefined` for a record without fields, and for one within itself: no column has so many parts. */
function nestedKind(
  type: Extract<AvroNode, { readonly kind: 'record' | 'array' | 'map' }>,
  place: Place,
): ColumnKind | undefined {
  if (type.kind === 'array') return { type: 'list', items: itemsOf(type.items, place) };
  if (type.kind === 'map') return { type: 'map', items: itemsOf(type.values, place) };
  if (type.fields.length === 0 || place.within.includes(type)) return undefined;
  const inside = { ...place, within: [...place.within, type] };
  return { type: 'struct', fields: fieldColumns(type.name, type.fields, inside) };
}

/** What a logical type makes of a column; `undefined` where there is none that a column can have. */
function logicalKind({ logical }: LeafNode): ColumnKind | undefined {
  if (logical === undefined) return undefined;
  if (logical.name !== 'decimal') {
    const type = logicalColumns[logical.name];
    return type && { type };
  }
  const { precision, scale, valid } = logical;
  return valid && precision > 0 ? { type: 'decimal', precision, scale } : undefined;
}

/** A local time is stored as any other, and keeps its meaning by its column's name only. */
const logicalColumns: Readonly<Record<string, ColumnType>> = {
  uuid: 'uuid',
  date: 'date',
  'time-millis': 'time-millis',
  'time-micros': 'time-micros',
  'timestamp-millis': 'timestamp-millis',
  'timestamp-micros': 'timestamp-micros',
  'timestamp-nanos': 'timestamp-nanos',
  'local-timestamp-millis': 'timestamp-millis',
  'local-timestamp-micros': 'timestamp-micros',
  'local-timestamp-nanos': 'timestamp-nanos',
};
