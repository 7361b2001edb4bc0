import { OptionError } from '../contract/errors.ts';
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
  | 'timestamp-millis'
  | 'json';

/** A column of a table made from an Avro record schema. */
export interface TableColumn {
  /** The field of the row. */
  readonly field: string;
  /** The column's name: the field's in snake case. */
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/**
 * Gives the columns of a table that holds records of a schema, in the order of its fields. Every
 * warehouse makes its tables from them.
 *
 * @throws OptionError when two fields give the same column.
 */
export function tableColumns(schema: RecordSchema): TableColumn[] {
  const columns = schema.fields.map(({ name: field, type }): TableColumn => {
    const branches: readonly unknown[] = Array.isArray(type) ? type : [type];
    const values = branches.filter((branch) => branch !== 'null');
    const only = values.length === 1 ? columnType(values[0]) : 'json';
    return { field, name: snakeCase(field), type: only, nullable: values.length < branches.length };
  });
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new OptionError(`two fields of ${schema.name} give the column ${twice}`);
  return columns;
}

/** Says why a row does not fit its columns; `undefined` when it does. */
export function misfitOf(columns: readonly TableColumn[], row: object): string | undefined {
  const values = row as Readonly<Record<string, unknown>>;
  for (const { field, type, nullable } of columns) {
    const value = values[field];
    if (value === null || value === undefined) {
      if (!nullable) return `${field} is ${String(value)}, which the table does not allow`;
    } else if (!fits[type](value)) return `${field} is not a ${type}: ${shown(value)}`;
  }
  return undefined;
}

const fits: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  int: (value) => typeof value === 'number' && (value | 0) === value,
  long: (value) => Number.isSafeInteger(value),
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  // The range in which microseconds, which warehouses store, fit 64 bits.
  'timestamp-millis': (value) => Number.isSafeInteger(value) && Math.abs(value as number) < 9.2e15,
  json: (value) => typeof value !== 'function' && typeof value !== 'symbol',
};

const logicalTypes: Readonly<Record<string, ColumnType>> = {
  'timestamp-millis': 'timestamp-millis',
  uuid: 'string',
  decimal: 'string',
};

function columnType(type: unknown): ColumnType {
  if (typeof type === 'string') return type in fits ? (type as ColumnType) : 'json';
  const { type: inner, logicalType } = type as { type?: unknown; logicalType?: string };
  if (logicalType !== undefined && logicalType in logicalTypes)
    return logicalTypes[logicalType] as ColumnType;
  if (inner === 'enum') return 'string';
  if (inner === 'fixed') return 'bytes';
  if (inner === 'record' || inner === 'array' || inner === 'map') return 'json';
  return columnType(inner);
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
