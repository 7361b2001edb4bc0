import { StreamifyError } from '@streamify/core';
import type { TaskId } from '@streamify/core/adapter';

/** Snowflake, or the way to it, could not do what a job asked for. Another try may do. */
export class WarehouseError extends StreamifyError {
  readonly code = 'STREAMIFY_WAREHOUSE';
  override readonly isFinal = false;
}

/** The error of a task: one of Snowflake's does not say of which. */
export function failureOf({ job, partition }: TaskId, cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  if (cause instanceof StreamifyError && !(cause instanceof WarehouseError)) return cause;
  return new WarehouseError(`job ${job}, partition ${partition}: ${cause.message}`, { cause });
}
