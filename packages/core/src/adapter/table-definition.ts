import { isDeepStrictEqual } from 'node:util';
import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { TableOptions } from '../contract/warehouse.ts';
import { columnName, type TableColumn } from './column-kinds.ts';
import { tableColumns } from './table-columns.ts';

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
function clash(one: TableDefinition, other: TableDefinition): string | undefined {
  // In SQL, Plays is plays.
  if (one.name.toLowerCase() !== other.name.toLowerCase()) return undefined;
  if (!isDeepStrictEqual(one.columns, other.columns) || !isDeepStrictEqual(one.mode, other.mode))
    return 'with columns or keys that differ';
  // The rows of an epoch are written output by output.
  return one.mode.kind === 'upsert'
    ? 'by key, and which of their rows is the later one would depend on where epochs end'
    : undefined;
}

/**
 * Checks that the outputs of a job can be written to what their tables' descriptions say.
 *
 * @throws OptionError when two of them cannot.
 */
export function checkTablesAgree(
  main: TableDefinition,
  others: Iterable<readonly [output: string, definition: TableDefinition]>,
): void {
  const seen = [main];
  for (const [output, definition] of others) {
    const clashes = seen.map((other) => clash(other, definition)).find((why) => why !== undefined);
    if (clashes !== undefined)
      throw new OptionError(
        `output ${output} and another write to table ${definition.name} ${clashes}: give it a table of its own`,
      );
    seen.push(definition);
  }
}
