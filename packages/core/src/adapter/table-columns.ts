import type { RecordNode } from '../codec/resolution/avro-node.ts';
import { parseSchema } from '../codec/resolution/parse-schema.ts';
import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { columnsOf, type Nested, type TableColumn } from './column-kinds.ts';
import { provenanceColumns } from './provenance.ts';

/** Columns that a table has behind those of the schema: where a row comes from, and when it was loaded. */
const reserved: readonly string[] = [...provenanceColumns, '_ingested_at'];

/**
 * Gives the columns of a table that holds records of a schema, in the order of its fields. Every
 * warehouse makes its tables from them.
 *
 * @param nested what records, arrays and maps become: `json` (default), or `struct`, `list` and `map`.
 * @throws OptionError when two fields give the same column, or one gives a column that tables have anyway.
 */
export function tableColumns(schema: RecordSchema, nested: Nested = 'json'): TableColumn[] {
  const columns = columnsOf(parseSchema(schema) as RecordNode, nested);
  const taken = columns.find(({ name }) => reserved.includes(name));
  if (taken)
    throw new OptionError(
      `field ${taken.field} of ${schema.name} gives the column ${taken.name}, which tables have of their own (${reserved.join(', ')}): call the field something else`,
    );
  return columns;
}
