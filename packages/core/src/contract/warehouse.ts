import type { DeadLetter } from './dead-letter.ts';
import type { StreamEvent } from './event.ts';
import type { RecordSchema } from './event-type.ts';
import type { InferAvro, NamedTypes } from './infer-avro.ts';
import type { Sink } from './sink.ts';

/** Options of a warehouse's table. */
export interface TableOptions {
  /** Columns by which a row replaces an earlier one. Without them rows are added. */
  readonly upsert?: readonly string[];
  /**
   * What fields become that are records, arrays or maps: `json` (default), or `struct`, which gives them the
   * warehouse's own nested types, with a type for each part. A record within itself, and a union of several
   * types, is JSON there too.
   */
  readonly nested?: 'json' | 'struct';
}

/** A row of a table: 64-bit integers are numbers or bigints. */
export type TableRow<S extends RecordSchema> = InferAvro<S, NamedTypes<S>, number | bigint>;

/** A sink into one table of a warehouse. */
export type TableSink<S extends RecordSchema> = Sink<TableRow<S> | StreamEvent<TableRow<S>>>;

/**
 * A database that jobs deliver into: each of its tables is a sink, and all of them commit together.
 *
 * Every implementation passes `warehouseContract` and `sinkContract` of `@streamify/core/testing`, so
 * that jobs, and what reads their tables, do not depend on which one it is.
 */
export interface Warehouse {
  /**
   * A sink into one table, which is created from the schema when a job starts: a column a field, in
   * snake case, then `_topic`, `_partition`, `_offset` and `_ingested_at`. A table that exists gets the
   * nullable columns that it lacks; one whose columns disagree is refused with a TableMismatchError.
   *
   * @throws OptionError when an `upsert` column is not in the schema.
   */
  table<const S extends RecordSchema>(
    name: string,
    schema: S,
    options?: TableOptions,
  ): TableSink<S>;
  /** Runs one statement and reads its rows: column name to plain JavaScript value. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The dead letters of a job that are committed and still open: those that `redrive` takes. */
  deadLetters(job: string): Promise<readonly DeadLetter[]>;
  /** Waits for the work under way, then disconnects. Later calls are refused with a ClosedError. */
  close(): Promise<void>;
}
