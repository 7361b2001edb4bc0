import type { RecordNode } from '../codec/resolution/avro-node.ts';
import { parseSchema } from '../codec/resolution/parse-schema.ts';
import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { type ColumnKind, columnKind } from './column-kinds.ts';
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
  const { fields } = parseSchema(schema) as RecordNode;
  const columns = fields.map(({ name: field, type }, i): TableColumn => {
    // A union that is written as an object, `{ type: [...] }`, is JSON.
    const isUnion = type.kind === 'union' && Array.isArray(schema.fields[i]?.type);
    const branches = isUnion ? type.branches : [type];
    const values = branches.filter(({ kind }) => kind !== 'null');
    const [only] = values;
    const kind: ColumnKind = only && values.length === 1 ? columnKind(only) : { type: 'json' };
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
