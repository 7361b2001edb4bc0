import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { type ColumnKind, columnKinds } from './column-kinds.ts';
import { provenanceColumns } from './provenance.ts';

/** A column of a table made from an Avro record schema. */
export interface TableColumn extends ColumnKind {
  /** The field of the row. */
  readonly field: string;
  /** The column's name: the field's in snake case. */
  readonly name: string;
  readonly nullable: boolean;
}

/** Columns that a table has behind those of the schema: where a row comes from, and when it was loaded. */
const reserved: readonly string[] = [...provenanceColumns, '_ingested_at'];

/**
 * Gives the columns of a table that holds records of a schema, in the order of its fields. Every
 * warehouse makes its tables from them.
 *
 * @throws OptionError when two fields give the same column, or one gives a column that tables have anyway.
 */
export function tableColumns(schema: RecordSchema): TableColumn[] {
  const kindOf = columnKinds(schema);
  const columns = schema.fields.map(({ name: field, type }): TableColumn => {
    const branches: readonly unknown[] = Array.isArray(type) ? type : [type];
    const values = branches.filter((branch) => branch !== 'null');
    const kind: ColumnKind = values.length === 1 ? kindOf(values[0]) : { type: 'json' };
    return { field, name: columnName(field), ...kind, nullable: values.length < branches.length };
  });
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new OptionError(`two fields of ${schema.name} give the column ${twice}`);
  const taken = columns.find(({ name }) => reserved.includes(name));
  if (taken)
    throw new OptionError(
      `field ${taken.field} of ${schema.name} gives the column ${taken.name}, which tables have of their own (${reserved.join(', ')}): call the field something else`,
    );
  return columns;
}

/** The name of the column that a field gives: the field's in snake case. */
export function columnName(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
