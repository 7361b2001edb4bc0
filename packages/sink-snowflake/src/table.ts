import type { Position } from '@streamify/core';
import {
  missingColumns,
  type OutputRows,
  type StoredColumn,
  type TableDefinition,
} from '@streamify/core/adapter';
import { sqlType, textOf } from './column-storage.ts';
import { insertRows, replaceRows, type WrittenColumn } from './insert-rows.ts';
import type { Session } from './session.ts';
import { quoted, stored } from './sql.ts';

/** Where each row comes from, and when it was loaded: columns behind those of the schema. */
const provenance: readonly WrittenColumn[] = [
  { name: '_topic', type: 'string' },
  { name: '_partition', type: 'int' },
  { name: '_offset', type: 'long' },
  { name: '_ingested_at', type: 'timestamp-millis' },
];

/**
 * Creates the table, or adds the nullable columns that it lacks. Call it outside of a transaction, which Snowflake
 * ends where a table is changed.
 *
 * @throws TableMismatchError when it has columns of another type, lacks one that is not nullable, or wants a
 * value where rows have none.
 */
export async function ensureTable(
  session: Session,
  { name, columns }: TableDefinition,
): Promise<void> {
  const wanted: readonly StoredColumn[] = [
    ...columns.map((column) => ({
      name: stored(column.name),
      type: sqlType(column),
      isNullable: column.nullable,
    })),
    ...provenance.map((column) => ({
      name: stored(column.name),
      type: sqlType(column),
      isNullable: false,
    })),
  ];
  const ddl = wanted.map(
    ({ name: column, type, isNullable }) =>
      `${quoted(column)} ${declared(type)}${isNullable ? '' : ' not null'}`,
  );
  await session.run(`create table if not exists ${quoted(name)} (${ddl.join(', ')})`);
  const found = await storedColumns(session, name);
  for (const column of missingColumns({ name, stored: found, wanted, quoted }))
    await session.run(
      `alter table ${quoted(name)} add column if not exists ${quoted(column.name)} ${declared(column.type)}`,
    );
}

/** A type as a table is made with it: a length of a BINARY is its default. */
function declared(type: string): string {
  return type.replace(/^BINARY\(.*/, 'BINARY');
}

async function storedColumns(session: Session, table: string): Promise<readonly StoredColumn[]> {
  const { rows } = await session.run(`describe table ${quoted(table)}`);
  return rows.map((row) => ({
    name: String(row['name']),
    type: String(row['type']),
    isNullable: row['null?'] === 'Y',
  }));
}

/** Writes rows by the table's mode. Call it inside a transaction. */
export async function writeRows(
  session: Session,
  { name, columns, mode }: TableDefinition,
  { rows, causes }: OutputRows<object>,
  ingestedAt: number,
): Promise<void> {
  const written: readonly WrittenColumn[] = [...columns, ...provenance];
  const at = textOf({ type: 'timestamp-millis' }, ingestedAt);
  const texts = function* () {
    for (const [i, row] of rows.entries()) {
      const values = row as Readonly<Record<string, unknown>>;
      const { topic, partition, offset } = causes[i] as Position;
      yield [
        ...columns.map((column) => textOf(column, values[column.field])),
        topic,
        String(partition),
        String(offset),
        at,
      ];
    }
  };
  if (mode.kind === 'append') return insertRows(session, name, written, texts());
  return replaceRows(session, { name, key: mode.key }, written, texts());
}
