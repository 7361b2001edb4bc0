import duckdb, { type Vector } from '@duckdb/node-bindings';
import { type ColumnKind, type ColumnType, jsonText, unscaledOf } from '@streamify/core/adapter';
import { putHuge, putLong, putMicros, putUuid } from './put-number.ts';
import {
  bytes,
  doubles,
  floats,
  ints,
  longs,
  scratch,
  shorts,
  widest as textBytes,
  unsigned,
} from './scratch.ts';

/** Writes values that fit into a vector, from a place in it on: no more of them than fit the scratch memory. */
export type LeafWriter = (vector: Vector, values: readonly unknown[], at: number) => void;

/** Bytes of a text that has its place in the vector itself. */
const inlineText = 12;

/** What writes values of a kind; `undefined` for those of which only the parts are written. */
export function leafWriter({ type, precision = 0, scale = 0 }: ColumnKind): LeafWriter | undefined {
  if (type === 'struct' || type === 'list' || type === 'map') return undefined;
  return type === 'decimal' ? decimal(precision, scale) : writers[type];
}

/** Writes values that fit, by the type of their column. */
const writers: Readonly<
  Record<Exclude<ColumnType, 'decimal' | 'struct' | 'list' | 'map'>, LeafWriter>
> = {
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
  json: (vector, values, at) =>
    writeTexts(
      vector,
      values.map((value) => (value === null ? null : jsonText(value))),
      at,
    ),
  bytes(vector, values, at) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as Uint8Array | null;
      if (value) duckdb.vector_assign_string_element_len(vector, at + i, value);
    }
  },
};

/** Writes values of so many bytes each. */
function fixed<T>(width: number, put: (value: T, i: number) => void): LeafWriter {
  return (vector, values, at) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as T | null;
      if (value !== null) put(value, i);
    }
    duckdb.copy_data_to_vector(vector, at * width, scratch, 0, values.length * width);
  };
}

/** Writes decimals in as many bytes as their digits need. Source: DuckDB's C API, `duckdb_decimal_internal_type`. */
function decimal(precision: number, scale: number): LeafWriter {
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
function writeTexts(vector: Vector, values: readonly unknown[], at: number): void {
  const others: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | null;
    if (value !== null && !putText(value, i)) others.push(i);
  }
  duckdb.copy_data_to_vector(vector, at * textBytes, scratch, 0, values.length * textBytes);
  for (const i of others) assignText(vector, at + i, values[i] as string);
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
