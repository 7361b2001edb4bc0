import { isDeepStrictEqual } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import { OptionError, type Position, type RecordSchema, TableMismatchError } from '@streamify/core';
import {
  lastByKey,
  type OutputRows,
  type TableColumn,
  tableColumns,
} from '@streamify/core/adapter';
import { append } from './append.ts';
import { appendColumns, type ColumnSource } from './append-columns.ts';
import { quoted, sqlTypes } from './sql.ts';

/** How rows get into a table: added, or put in the place of the row with the same key. */
export type WriteMode =
  | { readonly kind: 'append' }
  | { readonly kind: 'upsert'; readonly key: readonly string[] };

/** A table as it is asked for: the columns of its rows, and how they are written. */
export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly mode: WriteMode;
}

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
 * Describes a table of records.
 *
 * @throws OptionError when it is to be written by a column that it does not have.
 */
export function defineTable(
  name: string,
  schema: RecordSchema,
  upsert?: readonly string[],
): TableDefinition {
  const columns = tableColumns(schema);
  const missing = upsert?.find((column) => !columns.some((each) => each.name === column));
  if (missing !== undefined || upsert?.length === 0)
    throw new OptionError(`upsert of table ${name} needs columns of it, got ${missing ?? 'none'}`);
  return { name, columns, mode: upsert ? { kind: 'upsert', key: upsert } : { kind: 'append' } };
}

/** Whether two descriptions may be of tables that are written together: of different ones, or the same in all. */
export function agree(one: TableDefinition, other: TableDefinition): boolean {
  // DuckDB takes Plays for plays.
  if (one.name.toLowerCase() !== other.name.toLowerCase()) return true;
  return isDeepStrictEqual(one.columns, other.columns) && isDeepStrictEqual(one.mode, other.mode);
}

/**
 * Creates the table, or adds the nullable columns that it lacks.
 *
 * @throws TableMismatchError when it has columns of another type, or lacks one that is not nullable.
 */
export async function ensureTable(
  connection: DuckDBConnection,
  definition: TableDefinition,
): Promise<Table> {
  const { name, columns } = definition;
  const wanted: (readonly [name: string, type: string, nullable: boolean])[] = [
    ...columns.map((column) => [column.name, sqlTypes[column.type], column.nullable] as const),
    ...Object.entries(provenance).map(([column, type]) => [column, type, false] as const),
  ];
  const ddl = wanted.map(
    ([column, type, nullable]) => `${quoted(column)} ${type}${nullable ? '' : ' not null'}`,
  );
  await connection.run(`create table if not exists ${quoted(name)} (${ddl.join(', ')})`);
  const reader = await connection.runAndReadAll(
    'select column_name, lower(data_type) from duckdb_columns() where table_name = $name and schema_name = current_schema() order by column_index',
    { name },
  );
  const existing = new Map(reader.getRows() as [string, string][]);
  const order = [...existing.keys()];
  for (const [column, type, nullable] of wanted) {
    const found = existing.get(column);
    if (found === type) continue;
    if (found !== undefined || !nullable)
      throw new TableMismatchError(
        `table ${name} has ${found ? `column ${column} of type ${found}` : `no column ${column}`}, and its schema gives ${type}: rename the table, or migrate it by hand`,
      );
    await connection.run(`alter table ${quoted(name)} add column ${quoted(column)} ${type}`);
    order.push(column);
  }
  return { ...definition, order };
}

/** Writes rows by the table's mode. Call it inside a transaction. */
export async function writeRows(
  connection: DuckDBConnection,
  table: Table,
  rows: OutputRows<object>,
  ingestedAt: number,
): Promise<void> {
  if (rows.rows.length === 0) return;
  const { name, mode } = table;
  if (mode.kind === 'append') return appendRows(connection, table, rows, ingestedAt);

  const staging = `staging ${name}`;
  await connection.run(
    `create or replace temp table ${quoted(staging)} as from ${quoted(name)} limit 0`,
  );
  const last = lastByKey(table.columns, mode.key, rows);
  await appendRows(connection, { ...table, name: staging }, last, ingestedAt);
  const match = mode.key.map(
    (column) => `t.${quoted(column)} is not distinct from s.${quoted(column)}`,
  );
  await connection.run(
    `delete from ${quoted(name)} t using temp.${quoted(staging)} s where ${match.join(' and ')}`,
  );
  await connection.run(`insert into ${quoted(name)} by name from temp.${quoted(staging)}`);
  await connection.run(`drop table temp.${quoted(staging)}`);
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
  for (const { name: column, field, type } of columns)
    sources.set(column, { type, valueOf: (row) => rows[row]?.[field] });
  // Columns that somebody else has added stay null.
  const inOrder = order.map((column) => sources.get(column));
  await append(connection, { table: name }, (appender) =>
    appendColumns(appender, inOrder, rows.length),
  );
}
