import duckdb from '@duckdb/node-bindings';

/** Rows of a data chunk at most. */
export const capacity = duckdb.vector_size();

/** Bytes that a value takes in a vector at most: a text, a UUID and the largest decimals take as many. */
export const widest = 16;

/** What becomes a column, one after another: DuckDB copies it. Everything that Node and DuckDB run on is little-endian. */
export const scratch = new ArrayBuffer(capacity * widest);
export const bytes = new Uint8Array(scratch);
export const shorts = new Int16Array(scratch);
export const ints = new Int32Array(scratch);
export const unsigned = new Uint32Array(scratch);
export const floats = new Float32Array(scratch);
export const doubles = new Float64Array(scratch);
export const longs = new BigInt64Array(scratch);
