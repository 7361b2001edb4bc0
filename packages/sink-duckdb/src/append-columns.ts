import {
  type DuckDBAppender,
  DuckDBDataChunk,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { TableMismatchError } from '@streamify/core';
import type { ColumnKind } from '@streamify/core/adapter';
import { sqlType } from './column-storage.ts';
import { capacity } from './scratch.ts';
import { writeNulls, writeValues } from './write-values.ts';

/** Where the values of a column come from: one for each row, which fits the type. `undefined` is a column of nulls. */
export type ColumnSource = ColumnValues | undefined;

export interface ColumnValues extends ColumnKind {
  readonly valueOf: (row: number) => unknown;
}

/**
 * Appends rows column by column, a data chunk at a time: a call into DuckDB for each column instead
 * of one for each value, but for texts that are longer than 12 bytes.
 *
 * @param columns in the order of the table.
 * @throws TableMismatchError when the table has a column of another type: its bytes would be taken for what they are not.
 */
export function appendColumns(
  appender: DuckDBAppender,
  columns: readonly ColumnSource[],
  rows: number,
): void {
  const types = columns.map((_, i) => appender.columnType(i));
  columns.forEach((source, i) => {
    const type = types[i] as DuckDBType;
    if (source && !holds(type, source))
      throw new TableMismatchError(
        `column ${i + 1} of the table is ${type} by now, and takes no ${source.type}: open the task again`,
      );
  });
  const chunk = chunkFor(types);
  for (let from = 0; from < rows; from += capacity) {
    const count = Math.min(capacity, rows - from);
    chunk.reset();
    chunk.rowCount = count;
    columns.forEach((source, i) => {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, i);
      const values = valuesOf(source, from, count);
      if (source) writeValues(vector, source, values);
      else writeNulls(vector, values, 0);
    });
    appender.appendDataChunk(chunk);
  }
}

/** Whether a column of the table, or a part of it, is still what its values are written as. */
function holds(type: DuckDBType, kind: ColumnKind): boolean {
  const { fields = [], items } = kind;
  if (kind.type === 'struct')
    return (
      type instanceof DuckDBStructType &&
      type.entryCount === fields.length &&
      fields.every(
        (field, i) =>
          type.entryNames[i] === field.name && holds(type.entryTypes[i] as DuckDBType, field),
      )
    );
  if (kind.type === 'list')
    return type instanceof DuckDBListType && !!items && holds(type.valueType, items);
  if (kind.type === 'map')
    return (
      type instanceof DuckDBMapType &&
      type.keyType.typeId === DuckDBTypeId.VARCHAR &&
      !!items &&
      holds(type.valueType, items)
    );
  // JSON is a text to whoever appends.
  const found = type.typeId === DuckDBTypeId.VARCHAR && kind.type === 'json' ? 'json' : `${type}`;
  return found.toLowerCase() === sqlType(kind);
}

/** Chunks by the types of their columns. They are large, and freed only when the garbage collector gets to them. */
const chunks = new Map<string, DuckDBDataChunk>();

function chunkFor(types: readonly DuckDBType[]): DuckDBDataChunk {
  const id = types.join();
  const chunk = chunks.get(id) ?? DuckDBDataChunk.create(types);
  chunks.set(id, chunk);
  return chunk;
}

function valuesOf(source: ColumnSource, from: number, count: number): readonly unknown[] {
  const values = new Array<unknown>(count);
  for (let i = 0; i < count; i++) values[i] = source?.valueOf(from + i) ?? null;
  return values;
}
