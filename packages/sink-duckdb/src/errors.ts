import { StreamifyError } from '@streamify/core';

/** Another process, or another part of this one, has the database file open. */
export class WarehouseLockedError extends StreamifyError {
  readonly code = 'STREAMIFY_WAREHOUSE_LOCKED';
}

/** A table exists with other columns than its schema gives. */
export class TableMismatchError extends StreamifyError {
  readonly code = 'STREAMIFY_TABLE_MISMATCH';
}
