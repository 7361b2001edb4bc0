import { DuckDBTimestampValue } from '@duckdb/node-api';

/** A moment in epoch milliseconds as DuckDB takes it: microseconds. */
export function timestamp(milliseconds: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(milliseconds) * 1000n);
}

/** JSON of any plain value: a bigint becomes a string, bytes base64, Map and Set arrays. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    if (inner instanceof Map || inner instanceof Set) return [...inner];
    return inner;
  });
}
