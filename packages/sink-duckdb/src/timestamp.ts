import { DuckDBTimestampValue } from '@duckdb/node-api';

/** A moment in epoch milliseconds as DuckDB takes it: microseconds. */
export function timestamp(milliseconds: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(milliseconds) * 1000n);
}
