import { type DuckDBAppender, DuckDBTimestampValue } from '@duckdb/node-api';
import type { ColumnType } from '@streamify/core';

/** Appends a value that is known to fit, by the type of its column. */
export const appendValue: Readonly<
  Record<ColumnType, (appender: DuckDBAppender, value: never) => void>
> = {
  boolean: (appender, value: boolean) => appender.appendBoolean(value),
  int: (appender, value: number) => appender.appendInteger(value),
  long: (appender, value: number) => appender.appendBigInt(BigInt(value)),
  float: (appender, value: number) => appender.appendFloat(value),
  double: (appender, value: number) => appender.appendDouble(value),
  string: (appender, value: string) => appender.appendVarchar(value),
  bytes: (appender, value: Uint8Array) => appender.appendBlob(value),
  'timestamp-millis': (appender, value: number) => appender.appendTimestamp(timestamp(value)),
  json: (appender, value: unknown) => appender.appendVarchar(toJson(value)),
};

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
