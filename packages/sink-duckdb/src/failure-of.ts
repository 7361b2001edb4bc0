import { StreamifyError } from '@streamify/core';
import type { TaskId } from '@streamify/core/adapter';
import { duckdbReason } from './duckdb-reason.ts';
import { WarehouseError } from './errors.ts';

/** The error of a task: one of DuckDB's says nothing of the job, nor always of the file. */
export function failureOf(
  cause: unknown,
  { path, task: { job, partition } }: { readonly path: string; readonly task: TaskId },
): unknown {
  if (!(cause instanceof Error) || cause instanceof StreamifyError) return cause;
  return new WarehouseError(
    `job ${job}, partition ${partition}: ${path} cannot take what it is given: ${duckdbReason(cause.message)}`,
    { cause },
  );
}
