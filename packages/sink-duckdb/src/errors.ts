import { StreamifyError } from '@streamify/core';

/** Another process, or another part of this one, has the database file open. */
export class WarehouseLockedError extends StreamifyError {
  readonly code = 'STREAMIFY_WAREHOUSE_LOCKED';
  override readonly isFinal = false;
}
