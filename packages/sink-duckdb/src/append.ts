import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';

/**
 * Appends to a table by `write`, all of it or nothing.
 *
 * An appender that is let go after a failure is destroyed by the garbage collector, which writes what
 * it still holds: after the transaction that it was of, and whatever became of that. So it is emptied.
 */
export async function append(
  connection: DuckDBConnection,
  { table, schema }: { readonly table: string; readonly schema?: string },
  write: (appender: DuckDBAppender) => void,
): Promise<void> {
  const appender = await connection.createAppender(table, schema);
  try {
    write(appender);
    appender.closeSync();
  } catch (cause) {
    clear(appender);
    throw cause;
  }
}

/** An appender that DuckDB has given up for good has nothing to be emptied of. */
function clear(appender: DuckDBAppender): void {
  try {
    appender.clear();
  } catch {
    // What failed before is what is told.
  }
}
