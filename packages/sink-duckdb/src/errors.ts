import { StreamifyError } from '@streamify/core';

/** DuckDB could not do what a job asked for: its disk is full, say. Another try may do. */
export class WarehouseError extends StreamifyError {
  readonly code = 'STREAMIFY_WAREHOUSE';
  override readonly isFinal = false;
}

/** Another process, or another part of this one, has the database file open. */
export class WarehouseLockedError extends StreamifyError {
  readonly code = 'STREAMIFY_WAREHOUSE_LOCKED';
  override readonly isFinal = false;
}
