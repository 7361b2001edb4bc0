import type { ColumnKind } from '@streamify/core/adapter';
import { boundRows, chunksOf, item, type TextRow } from './bound-rows.ts';
import { sqlOf } from './column-storage.ts';
import type { Session } from './session.ts';
import { quoted } from './sql.ts';

/** A column that is written, and what its values are. */
export interface WrittenColumn extends ColumnKind {
  readonly name: string;
}

/** Appends rows, which are bound as JSON: nothing of them is SQL. Call it inside a transaction. */
export async function insertRows(
  session: Session,
  table: string,
  columns: readonly WrittenColumn[],
  rows: Iterable<TextRow>,
): Promise<void> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const sql = `insert into ${quoted(table)} (${names}) select ${selected(columns)} from ${boundRows}`;
  for (const chunk of chunksOf(rows)) await session.run(sql, [chunk]);
}

/**
 * Puts rows in the place of those with the same key, of which the later one counts. Null is a key as any
 * other. Call it inside a transaction.
 */
export async function replaceRows(
  session: Session,
  { name, key }: { readonly name: string; readonly key: readonly string[] },
  columns: readonly WrittenColumn[],
  rows: Iterable<TextRow>,
): Promise<void> {
  const names = columns.map((column) => quoted(column.name)).join(', ');
  const keys = key.map(quoted);
  const match = keys.map((column) => `equal_null(t.${column}, s.${column})`).join(' and ');
  const found = `select ${selected(columns)}, r.index as "PLACE OF ROW" from ${boundRows}`;
  const remove = `delete from ${quoted(name)} t using (select distinct ${keys.join(', ')} from (${found})) s where ${match}`;
  const add = `insert into ${quoted(name)} (${names}) select ${names} from (${found})
    qualify row_number() over (partition by ${keys.join(', ')} order by "PLACE OF ROW" desc) = 1`;
  for (const chunk of chunksOf(rows)) {
    await session.run(remove, [chunk]);
    await session.run(add, [chunk]);
  }
}

function selected(columns: readonly WrittenColumn[]): string {
  return columns
    .map((column, place) => `${sqlOf(column, item(place))} as ${quoted(column.name)}`)
    .join(', ');
}
