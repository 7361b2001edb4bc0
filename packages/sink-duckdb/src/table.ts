import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position } from '@streamify/core';
import {
  missingColumns,
  type OutputRows,
  type StoredColumn,
  type TableColumn,
  type TableDefinition,
} from '@streamify/core/adapter';
import { append } from './append.ts';
import { appendColumns, type ColumnSource } from './append-columns.ts';
import { sqlType, storedAs } from './column-storage.ts';
import { quoted } from './sql.ts';

/** A table as it stands: `order` are its columns' names as they follow each other. */
export interface Table extends TableDefinition {
  readonly order: readonly string[];
}

/** Where each row comes from, and when it was loaded: columns behind those of the schema. */
const provenance = {
  _topic: 'varchar',
  _partition: 'integer',
  _offset: 'bigint',
  _ingested_at: 'timestamp',
} as const;

/**
 * Creates the table, or adds the nullable columns that it lacks.
 *
 * @throws TableMismatchError when it has columns of another type, lacks one that is not nullable, or wants a
 * value where rows have none.
 */
export async function ensureTable(
  connection: DuckDBConnection,
  definition: TableDefinition,
): Promise<Table> {
  const { name, columns } = definition;
  const types = await storedTypes(connection, columns);
  const wanted: readonly StoredColumn[] = [
    ...columns.map((column, i) => ({
      name: column.name,
      type: types[i] as string,
      isNullable: column.nullable,
    })),
    ...Object.entries(provenance).map(([column, type]) => ({
      name: column,
      type,
      isNullable: false,
    })),
  ];
  const ddl = wanted.map(
    (column) => `${quoted(column.name)} ${column.type}${column.isNullable ? '' : ' not null'}`,
  );
  await connection.run(`create table if not exists ${quoted(name)} (${ddl.join(', ')})`);
  const stored = await storedColumns(connection, name);
  const missing = missingColumns({ name, stored, wanted, quoted });
  for (const { name: column, type } of missing)
    await connection.run(`alter table ${quoted(name)} add column ${quoted(column)} ${type}`);
  return { ...definition, order: [...stored, ...missing].map((column) => column.name) };
}

/** The types of columns as the catalogue writes them, which has rules of its own for names within nested ones. */
async function storedTypes(
  connection: DuckDBConnection,
  columns: readonly TableColumn[],
): Promise<readonly string[]> {
  const types = columns.map(sqlType);
  if (!columns.some(({ fields, items }) => fields ?? items)) return types;
  const selected = types.map((type) => `lower(typeof(null::${type}))`);
  const reader = await connection.runAndReadAll(`select ${selected.join(', ')}`);
  return reader.getRows()[0] as string[];
}

async function storedColumns(
  connection: DuckDBConnection,
  table: string,
): Promise<readonly StoredColumn[]> {
  const reader = await connection.runAndReadAll(
    'select column_name, lower(data_type), is_nullable from duckdb_columns() where table_name = $table and schema_name = current_schema() and database_name = current_database() order by column_index',
    { table },
  );
  const rows = reader.getRows() as [string, string, boolean][];
  return rows.map(([name, type, isNullable]) => ({ name, type, isNullable }));
}

/** Writes rows by the table's mode. Call it inside a transaction. */
export async function writeRows(
  connection: DuckDBConnection,
  table: Table,
  rows: OutputRows<object>,
  ingestedAt: number,
): Promise<void> {
  if (rows.rows.length === 0) return;
  const { mode } = table;
  if (mode.kind === 'append') return appendRows(connection, table, rows, ingestedAt);

  return upsertRows(connection, table, { rows, key: mode.key }, ingestedAt);
}

/** Replaces rows by key. DuckDB tells which keys are the same, within an epoch as behind it. */
async function upsertRows(
  connection: DuckDBConnection,
  table: Table,
  { rows, key }: { readonly rows: OutputRows<object>; readonly key: readonly string[] },
  ingestedAt: number,
): Promise<void> {
  const name = quoted(table.name);
  const staging = `staging ${table.name}`;
  const staged = `temp.${quoted(staging)}`;
  const columns = key.map(quoted);
  await connection.run(`create or replace temp table ${quoted(staging)} as from ${name} limit 0`);
  await appendRows(connection, { ...table, name: staging }, rows, ingestedAt);
  const match = columns.map((column) => `t.${column} is not distinct from s.${column}`);
  await connection.run(`delete from ${name} t using ${staged} s where ${match.join(' and ')}`);
  await connection.run(
    `insert into ${name} by name from ${staged}
     where rowid in (select max(rowid) from ${staged} group by ${columns.join(', ')})`,
  );
  await connection.run(`drop table ${staged}`);
}

async function appendRows(
  connection: DuckDBConnection,
  { name, columns, order }: Table,
  { rows: values, causes }: OutputRows<object>,
  ingestedAt: number,
): Promise<void> {
  const rows = values as readonly Readonly<Record<string, unknown>>[];
  const cause = (row: number) => causes[row] as Position;
  const sources = new Map<string, ColumnSource>([
    ['_topic', { type: 'string', valueOf: (row) => cause(row).topic }],
    ['_partition', { type: 'int', valueOf: (row) => cause(row).partition }],
    ['_offset', { type: 'long', valueOf: (row) => cause(row).offset }],
    ['_ingested_at', { type: 'timestamp-millis', valueOf: () => ingestedAt }],
  ]);
  for (const column of columns)
    sources.set(column.name, {
      ...storedAs(column),
      valueOf: (row) => rows[row]?.[column.field],
    });
  // Columns that somebody else has added stay null.
  const inOrder = order.map((column) => sources.get(column));
  await append(connection, { table: name }, (appender) =>
    appendColumns(appender, inOrder, rows.length),
  );
}
