import type { ColumnType } from '@streamify/core/adapter';

/** An identifier as it may stand in SQL, whatever characters it has. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** DuckDB's type of a column. Timestamps are UTC, without a zone. */
export const sqlTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'bigint',
  float: 'float',
  double: 'double',
  string: 'varchar',
  bytes: 'blob',
  'timestamp-millis': 'timestamp',
  json: 'json',
};
