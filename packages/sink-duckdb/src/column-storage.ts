import type { ColumnItems, ColumnKind, ColumnType, TableColumn } from '@streamify/core/adapter';
import { quoted } from './sql.ts';

/** A decimal with more digits is a text: DuckDB has none of them. */
const mostDigits = 38;

/** DuckDB's type of a column, as its catalogue writes it. Times are UTC, without a zone. */
export function sqlType(kind: ColumnKind): string {
  const { type, precision = 0, scale = 0, fields = [], items } = kind;
  switch (type) {
    case 'decimal':
      return precision > mostDigits ? 'varchar' : `decimal(${precision},${scale})`;
    case 'struct':
      return `struct(${fields.map((field) => `${quoted(field.name)} ${sqlType(field)}`).join(', ')})`;
    case 'list':
      return `${items && sqlType(items)}[]`;
    case 'map':
      return `map(varchar, ${items && sqlType(items)})`;
    default:
      return sqlTypes[type];
  }
}

/** What values are written as: a decimal that DuckDB cannot hold as one is a text, within nested types too. */
export function storedAs<K extends ColumnKind>(kind: K): K {
  const { type, fields, items, ...rest } = kind;
  if (type === 'decimal')
    return (sqlType(kind) === 'varchar' ? { ...rest, type: 'string' } : kind) as K;
  if (!fields && !items) return kind;
  return {
    ...kind,
    ...(fields && { fields: fields.map((field): TableColumn => storedAs(field)) }),
    ...(items && { items: storedAs<ColumnItems>(items) }),
  };
}

const sqlTypes: Readonly<
  Record<Exclude<ColumnType, 'decimal' | 'struct' | 'list' | 'map'>, string>
> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'bigint',
  float: 'float',
  double: 'double',
  string: 'varchar',
  bytes: 'blob',
  uuid: 'uuid',
  date: 'date',
  'time-millis': 'time',
  'time-micros': 'time',
  'timestamp-millis': 'timestamp',
  'timestamp-micros': 'timestamp',
  'timestamp-nanos': 'timestamp_ns',
  json: 'json',
};
