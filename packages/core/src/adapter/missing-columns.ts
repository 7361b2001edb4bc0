import { TableMismatchError } from '../contract/errors.ts';

/** A column as a table has it, or as rows need it; its type as the warehouse's catalogue writes it. */
export interface StoredColumn {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
}

/** A table that exists: its columns, and those that rows need. */
export interface StoredTable {
  readonly name: string;
  readonly stored: readonly StoredColumn[];
  readonly wanted: readonly StoredColumn[];
  /** An identifier as it stands in the warehouse's SQL. */
  readonly quoted: (identifier: string) => string;
}

/**
 * Gives the nullable columns that a table lacks.
 *
 * @throws TableMismatchError when it has columns of another type, lacks one that is not nullable, or wants a
 * value where rows have none.
 */
export function missingColumns(table: StoredTable): readonly StoredColumn[] {
  const { name, stored, wanted } = table;
  const missing = wanted.filter((column) => {
    const found = stored.find((each) => each.name === column.name)?.type;
    if (found === column.type) return false;
    if (found === undefined && column.isNullable) return true;
    throw new TableMismatchError(
      `table ${name} has ${found ? `column ${column.name} of type ${found}` : `no column ${column.name}`}, and its schema gives ${column.type}: rename the table, or migrate it by hand`,
    );
  });
  checkRequired(table);
  return missing;
}

/** Refuses columns that must have a value, and to which some rows would give none: each commit would fail. */
function checkRequired({ name: table, stored, wanted, quoted }: StoredTable): void {
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
