import type { ColumnKind, ColumnType } from '@streamify/core/adapter';

/** A decimal with more digits is a text: DuckDB has none of them. */
const mostDigits = 38;

/** DuckDB's type of a column, as its catalogue writes it. Times are UTC, without a zone. */
export function sqlType({ type, precision = 0, scale = 0 }: ColumnKind): string {
  if (type !== 'decimal') return sqlTypes[type];
  return precision > mostDigits ? 'varchar' : `decimal(${precision},${scale})`;
}

/** What values are written as: a decimal that DuckDB cannot hold as one is a text. */
export function storedAs(kind: ColumnKind): ColumnKind {
  return sqlType(kind) === 'varchar' ? { type: 'string' } : kind;
}

const sqlTypes: Readonly<Record<Exclude<ColumnType, 'decimal'>, string>> = {
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
