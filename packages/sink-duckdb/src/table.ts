import { isDeepStrictEqual } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  OptionError,
  type Position,
  type RecordSchema,
  TableMismatchError,
  type TableOptions,
} from '@streamify/core';
import {
  columnName,
  type OutputRows,
  type TableColumn,
  tableColumns,
} from '@streamify/core/adapter';
import { append } from './append.ts';
import { appendColumns, type ColumnSource } from './append-columns.ts';
import { sqlType, storedAs } from './column-storage.ts';
import { quoted } from './sql.ts';

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
  { upsert, nested }: TableOptions = {},
): TableDefinition {
  const columns = tableColumns(schema, nested);
  if (upsert) checkKey(name, columns, upsert);
  return { name, columns, mode: upsert ? { kind: 'upsert', key: upsert } : { kind: 'append' } };
}

/** @throws OptionError when a key has no columns, or others than the table's. */
function checkKey(table: string, columns: readonly TableColumn[], key: readonly string[]): void {
  const has = (name: string) => columns.some((column) => column.name === name);
  const missing = key.find((name) => !has(name));
  if (missing === undefined && key.length > 0) return;
  const names = columns.map(({ name }) => name);
  const meant = missing !== undefined && has(columnName(missing)) ? columnName(missing) : undefined;
  const way = meant
    ? `columns are called in snake case, and this one is ${meant}`
    : `it has ${names.join(', ')}`;
  throw new OptionError(
    `upsert of table ${table} needs columns of it, got ${missing ?? 'none'}: ${way}`,
  );
}

/** Says why two outputs cannot be written to what their descriptions say; `undefined` when they can. */
export function clash(one: TableDefinition, other: TableDefinition): string | undefined {
  // DuckDB takes Plays for plays.
  if (one.name.toLowerCase() !== other.name.toLowerCase()) return undefined;
  if (!isDeepStrictEqual(one.columns, other.columns) || !isDeepStrictEqual(one.mode, other.mode))
    return 'with columns or keys that differ';
  // The rows of an epoch are written output by output.
  return one.mode.kind === 'upsert'
    ? 'by key, and which of their rows is the later one would depend on where epochs end'
    : undefined;
}

/** A column as the table has it. */
interface StoredColumn {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

/** A column as rows need it. */
type WantedColumn = StoredColumn;

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
  const wanted: readonly WantedColumn[] = [
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
  const order = stored.map((column) => column.name);
  for (const { name: column, type, isNullable } of wanted) {
    const found = stored.find((each) => each.name === column)?.type;
    if (found === type) continue;
    if (found !== undefined || !isNullable)
      throw new TableMismatchError(
        `table ${name} has ${found ? `column ${column} of type ${found}` : `no column ${column}`}, and its schema gives ${type}: rename the table, or migrate it by hand`,
      );
    await connection.run(`alter table ${quoted(name)} add column ${quoted(column)} ${type}`);
    order.push(column);
  }
  checkRequired(name, stored, wanted);
  return { ...definition, order };
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

/** Refuses columns that must have a value, and to which some rows would give none: each commit would fail. */
function checkRequired(
  table: string,
  stored: readonly StoredColumn[],
  wanted: readonly WantedColumn[],
): void {
  for (const { name: column, isNullable } of stored) {
    if (isNullable) continue;
    const found = wanted.find((each) => each.name === column);
    if (found && !found.isNullable) continue;
    const alter = `alter table ${quoted(table)} alter column ${quoted(column)} drop not null`;
    throw new TableMismatchError(
      found
        ? `column ${column} of table ${table} must not be null, and its schema lets it be: run \`${alter}\`, or make the field required again`
        : `table ${table} has column ${column}, which must not be null, and its schema gives none: run \`${alter}\` to keep what it holds, drop the column, or put the field back`,
    );
  }
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
