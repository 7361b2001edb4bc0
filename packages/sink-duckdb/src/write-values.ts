import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { ColumnKind } from '@streamify/core/adapter';
import { leafWriter } from './leaf-writers.ts';
import { putLong } from './put-number.ts';
import { capacity, scratch } from './scratch.ts';

/** Bytes of where the items of a list are: two integers of 64 bits. */
const entryBytes = 16;

const validity = new Uint8Array(Math.ceil(capacity / 64) * 8);

/** Writes the values of a vector, as many at a time as fit the scratch memory, and marks those that are null. */
export function writeValues(vector: Vector, kind: ColumnKind, values: readonly unknown[]): void {
  const write = leafWriter(kind);
  if (!write) writeParts(vector, kind, values);
  for (let at = 0; at < values.length; at += capacity) {
    const some = values.length <= capacity ? values : values.slice(at, at + capacity);
    write?.(vector, some, at);
    writeNulls(vector, some, at);
  }
}

/** Writes the parts of nested values, each kind of part into a vector of its own. Source: DuckDB's C API, "Vectors". */
function writeParts(
  vector: Vector,
  { type, fields = [], items }: ColumnKind,
  values: readonly unknown[],
): void {
  const rows = values as readonly (Readonly<Record<string, unknown>> | null)[];
  if (type === 'struct') {
    fields.forEach((field, i) => {
      const parts = rows.map((row) => row?.[field.field] ?? null);
      writeValues(duckdb.struct_vector_get_child(vector, i), field, parts);
    });
    return;
  }
  const lists = rows.map((row) => (row ? Object.values(row) : []));
  const parts = lists.flat().map((part) => part ?? null);
  duckdb.list_vector_reserve(vector, parts.length);
  duckdb.list_vector_set_size(vector, parts.length);
  const child = duckdb.list_vector_get_child(vector);
  if (type === 'map') {
    const keys = rows.flatMap((row) => (row ? Object.keys(row) : []));
    writeValues(duckdb.struct_vector_get_child(child, 0), { type: 'string' }, keys);
  }
  writeValues(
    type === 'map' ? duckdb.struct_vector_get_child(child, 1) : child,
    items as ColumnKind,
    parts,
  );
  writeEntries(vector, lists);
}

/** Writes where the items of each list begin, and how many they are. */
function writeEntries(vector: Vector, lists: readonly (readonly unknown[])[]): void {
  let begin = 0;
  for (let at = 0; at < lists.length; at += capacity) {
    const some = lists.slice(at, at + capacity);
    some.forEach(({ length }, i) => {
      putLong(begin, 2 * i);
      putLong(length, 2 * i + 1);
      begin += length;
    });
    duckdb.copy_data_to_vector(vector, at * entryBytes, scratch, 0, some.length * entryBytes);
  }
}

/** Marks the values that are null, from a multiple of the capacity on. Source: DuckDB's C API, "Data Chunks", validity masks. */
export function writeNulls(vector: Vector, values: readonly unknown[], at: number): void {
  let nulls = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null) continue;
    if (nulls++ === 0) validity.fill(0xff);
    validity[i >> 3] = (validity[i >> 3] as number) & ~(1 << (i & 7));
  }
  if (nulls === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(
    vector,
    at / 8,
    validity.buffer,
    0,
    Math.ceil(values.length / 8),
  );
}
