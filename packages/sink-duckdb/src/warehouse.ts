import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  type InferAvro,
  OptionError,
  type RecordSchema,
  type Sink,
  type StreamEvent,
} from '@streamify/core';
import { duckdbSink } from './duckdb-sink.ts';
import { WarehouseLockedError } from './errors.ts';
import { createLedger } from './ledger.ts';
import { defineTable, type WriteMode } from './table.ts';
import { transactions } from './transactions.ts';

export interface WarehouseOptions {
  /** The database file; created, with its folder, when there is none. */
  readonly path: string;
  /** How long to wait for another process to release the file, in milliseconds. Default 5,000. */
  readonly lockTimeout?: number;
  /** DuckDB's own settings, such as `{ memory_limit: '1GB' }`. Default: `{ checkpoint_threshold: '256MB' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface TableOptions {
  /** Columns by which a row replaces an earlier one. Without them rows are added. */
  readonly upsert?: readonly string[];
}

/** A DuckDB database that jobs deliver into. */
export interface DuckDBWarehouse {
  readonly path: string;
  /**
   * A sink into one table, which is created from the schema: a column a field, in snake case, then
   * `_topic`, `_partition`, `_offset` and `_ingested_at`.
   *
   * @throws OptionError when an `upsert` column is not in the schema.
   */
  table<const S extends RecordSchema>(
    name: string,
    schema: S,
    options?: TableOptions,
  ): Sink<InferAvro<S> | StreamEvent<InferAvro<S>>>;
  /** Runs one statement and reads its rows: column name to plain JavaScript value. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Waits for what is under way, then releases the file. */
  close(): Promise<void>;
}

/** DuckDB's own threshold of 16 MB rewrites the file every few commits, which halves the rate of a bulk load. */
const defaultConfig = { checkpoint_threshold: '256MB' };

/** Files open in this process. A second instance on a file can lose rows without an error. */
const slot = Symbol.for('@streamify/sink-duckdb/open-files');
const shared = globalThis as { [slot]?: Set<string> };

/**
 * Opens a database file for writing.
 *
 * One instance a process and file: all jobs of a process share it, and their commits take turns.
 *
 * @throws WarehouseLockedError when the file is open elsewhere, with the process that has it.
 *
 * @example
 * const warehouse = await openWarehouse({ path: 'raw.duckdb' });
 * await run({ name: 'plays', from: plays, through: (plays$) => plays$, into: warehouse.table('plays', Play.schema) });
 * await warehouse.close();
 */
export async function openWarehouse(options: WarehouseOptions): Promise<DuckDBWarehouse> {
  const { lockTimeout = 5_000 } = options;
  const config = { ...defaultConfig, ...options.config };
  if (!options.path) throw new OptionError('a warehouse needs the path of its file, got none');
  mkdirSync(dirname(options.path), { recursive: true });
  const path = join(realpathSync(dirname(options.path)), basename(options.path));
  shared[slot] ??= new Set();
  const openFiles = shared[slot];
  if (openFiles.has(path))
    throw new WarehouseLockedError(`${path} is open in this process already: share the warehouse`);
  openFiles.add(path);

  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection;
  try {
    instance = await openInstance(path, config, lockTimeout);
    connection = await instance.connect();
    await createLedger(connection);
  } catch (cause) {
    instance?.closeSync();
    openFiles.delete(path);
    throw cause;
  }
  const database = instance;

  const { transact, inTurn } = transactions(connection);
  let closing: Promise<void> | undefined;
  return {
    path,
    table(name, schema, { upsert } = {}) {
      const mode: WriteMode = upsert ? { kind: 'upsert', key: upsert } : { kind: 'append' };
      const table = defineTable(name, schema, mode);
      const missing = upsert?.find((column) => !table.columns.some((c) => c.name === column));
      if (missing !== undefined || upsert?.length === 0)
        throw new OptionError(
          `upsert of table ${name} needs columns of it, got ${missing ?? 'none'}`,
        );
      return duckdbSink(transact, table);
    },
    query: (sql) => inTurn(async () => (await connection.runAndReadAll(sql)).getRowObjectsJS()),
    close() {
      closing ??= inTurn(async () => {
        connection.closeSync();
        database.closeSync();
        openFiles.delete(path);
      });
      return closing;
    },
  };
}

async function openInstance(
  path: string,
  config: Readonly<Record<string, string>>,
  lockTimeout: number,
): Promise<DuckDBInstance> {
  for (const deadline = Date.now() + lockTimeout; ; ) {
    try {
      return await DuckDBInstance.create(path, config);
    } catch (cause) {
      const { message } = cause as Error;
      if (!/conflicting lock/i.test(message)) throw cause;
      if (Date.now() >= deadline) {
        const holder = /PID (\d+)/.exec(message)?.[1] ?? 'unknown';
        throw new WarehouseLockedError(
          `${path} is in use by process ${holder}: let it finish, or stop it`,
          { cause },
        );
      }
      await delay(100);
    }
  }
}
