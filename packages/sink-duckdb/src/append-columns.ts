import {
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { TableMismatchError } from '@streamify/core';
import { type ColumnKind, type ColumnType, jsonText, unscaledOf } from '@streamify/core/adapter';
import { sqlType } from './column-storage.ts';
import { putHuge, putLong, putMicros, putUuid } from './put-number.ts';
import {
  bytes,
  capacity,
  doubles,
  floats,
  ints,
  longs,
  scratch,
  shorts,
  widest as textBytes,
  unsigned,
} from './scratch.ts';

/** Where the values of a column come from: one for each row, which fits the type. `undefined` is a column of nulls. */
export type ColumnSource = ColumnValues | undefined;

export interface ColumnValues extends ColumnKind {
  readonly valueOf: (row: number) => unknown;
}

/** Bytes of a text that has its place in the vector itself. */
const inlineText = 12;

const validity = new Uint8Array(Math.ceil(capacity / 64) * 8);

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
      if (source) writerOf(source)(vector, values);
      writeNulls(vector, values);
    });
    appender.appendDataChunk(chunk);
  }
}

/** Whether a column of the table is still what its values are written as. */
function holds(type: DuckDBType, source: ColumnValues): boolean {
  // JSON is a text to whoever appends.
  const found = type.typeId === DuckDBTypeId.VARCHAR && source.type === 'json' ? 'json' : `${type}`;
  return found.toLowerCase() === sqlType(source);
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

/** Marks the values that are null. Source: DuckDB's C API, "Data Chunks", validity masks. */
function writeNulls(vector: Vector, values: readonly unknown[]): void {
  let nulls = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null) continue;
    if (nulls++ === 0) validity.fill(0xff);
    validity[i >> 3] = (validity[i >> 3] as number) & ~(1 << (i & 7));
  }
  if (nulls === 0) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, validity.byteLength);
}

type Write = (vector: Vector, values: readonly unknown[]) => void;

function writerOf({ type, precision = 0, scale = 0 }: ColumnKind): Write {
  return type === 'decimal' ? decimal(precision, scale) : write[type];
}

/** Writes values that fit, by the type of their column. */
const write: Readonly<Record<Exclude<ColumnType, 'decimal'>, Write>> = {
  boolean: fixed<boolean>(1, (value, i) => {
    bytes[i] = value ? 1 : 0;
  }),
  int: fixed<number>(4, (value, i) => {
    ints[i] = value;
  }),
  long: fixed<number | bigint>(8, putLong),
  float: fixed<number>(4, (value, i) => {
    floats[i] = value;
  }),
  double: fixed<number>(8, (value, i) => {
    doubles[i] = value;
  }),
  uuid: fixed<string>(16, putUuid),
  date: fixed<number>(4, (value, i) => {
    ints[i] = value;
  }),
  'time-millis': fixed<number>(8, putMicros),
  'time-micros': fixed<number>(8, putLong),
  'timestamp-millis': fixed<number>(8, putMicros),
  'timestamp-micros': fixed<number>(8, putLong),
  'timestamp-nanos': fixed<number | bigint>(8, putLong),
  string: writeTexts,
  json: (vector, values) =>
    writeTexts(
      vector,
      values.map((value) => (value === null ? null : jsonText(value))),
    ),
  bytes(vector, values) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as Uint8Array | null;
      if (value) duckdb.vector_assign_string_element_len(vector, i, value);
    }
  },
};

/** Writes values of so many bytes each. */
function fixed<T>(width: number, put: (value: T, i: number) => void): Write {
  return (vector, values) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as T | null;
      if (value !== null) put(value, i);
    }
    duckdb.copy_data_to_vector(vector, 0, scratch, 0, values.length * width);
  };
}

/** Writes decimals in as many bytes as their digits need. Source: DuckDB's C API, `duckdb_decimal_internal_type`. */
function decimal(precision: number, scale: number): Write {
  const of = (text: string) => unscaledOf(text, { precision, scale });
  if (precision <= 4)
    return fixed<string>(2, (text, i) => {
      shorts[i] = Number(of(text));
    });
  if (precision <= 9)
    return fixed<string>(4, (text, i) => {
      ints[i] = Number(of(text));
    });
  if (precision <= 18)
    return fixed<string>(8, (text, i) => {
      longs[i] = of(text);
    });
  return fixed<string>(16, (text, i) => putHuge(of(text), i));
}

/** Writes texts: short ones in ASCII into the vector itself, others by DuckDB, which keeps them elsewhere. */
function writeTexts(vector: Vector, values: readonly unknown[]): void {
  const others: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | null;
    if (value !== null && !putText(value, i)) others.push(i);
  }
  duckdb.copy_data_to_vector(vector, 0, scratch, 0, values.length * textBytes);
  for (const i of others) assignText(vector, i, values[i] as string);
}

/**
 * Puts a text if it is short and ASCII. Source: DuckDB's C API, `duckdb_string_t`: the length in four
 * bytes, and the text behind it with zeros to its end.
 */
function putText(value: string, i: number): boolean {
  const { length } = value;
  if (length > inlineText) return false;
  const at = (i * textBytes) / 4;
  unsigned[at] = length;
  unsigned[at + 1] = 0;
  unsigned[at + 2] = 0;
  unsigned[at + 3] = 0;
  for (let j = 0; j < length; j++) {
    const code = value.charCodeAt(j);
    if (code > 0x7f) return false;
    bytes[i * textBytes + 4 + j] = code;
  }
  return true;
}

function assignText(vector: Vector, i: number, value: string): void {
  // The faster call takes a text to end at its first zero.
  if (value.includes('\0')) duckdb.vector_assign_string_element_len(vector, i, Buffer.from(value));
  else duckdb.vector_assign_string_element(vector, i, value);
}
