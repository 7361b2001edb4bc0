import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { OptionError, StreamifyError, type Warehouse } from '@streamify/core';
import {
  checkOptions,
  defineTable,
  SinkTargets,
  systemReason,
  type TableDefinition,
  transactions,
} from '@streamify/core/adapter';
import { readLetters } from './dead-letters.ts';
import { duckdbReason } from './duckdb-reason.ts';
import { duckdbSink } from './duckdb-sink.ts';
import { WarehouseError, WarehouseLockedError } from './errors.ts';
import { createLedger } from './ledger.ts';

/** Options of {@link openWarehouse}. */
export interface WarehouseOptions {
  /** The database file; created, with its folder, when there is none. `:memory:` is a database in memory, gone when it is closed. */
  readonly path: string;
  /** How long to wait for another process to release the file, in milliseconds. Default 5,000. */
  readonly lockTimeout?: number;
  /** DuckDB's own settings, such as `{ memory_limit: '1GB' }`. Default: `{ checkpoint_threshold: '256MB' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** A DuckDB database that jobs deliver into. */
export interface DuckDBWarehouse extends Warehouse {
  /** The file, absolute; `:memory:` where there is none. */
  readonly path: string;
}

/** DuckDB's own threshold of 16 MB rewrites the file every few commits, which halves the rate of a bulk load. */
const defaultConfig = { checkpoint_threshold: '256MB' };

/** DuckDB's own name for a database without a file. Each is one of its own. */
const inMemory = ':memory:';

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
  checkOptions('openWarehouse', options, { path: true, lockTimeout: true, config: true });
  const { lockTimeout = 5_000 } = options;
  const config = { ...defaultConfig, ...options.config };
  if (!options.path) throw new OptionError('a warehouse needs the path of its file, got none');
  const path = options.path === inMemory ? inMemory : fileOf(options.path);
  shared[slot] ??= new Set();
  const openFiles = shared[slot];
  if (openFiles.has(path))
    throw new WarehouseLockedError(`${path} is open in this process already: share the warehouse`);
  if (path !== inMemory) openFiles.add(path);

  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection;
  try {
    instance = await openInstance(path, config, lockTimeout);
    connection = await instance.connect();
    await createLedger(connection);
  } catch (cause) {
    instance?.closeSync();
    openFiles.delete(path);
    if (!(cause instanceof Error) || cause instanceof StreamifyError) throw cause;
    throw new WarehouseError(`cannot open the database ${path}: ${duckdbReason(cause.message)}`, {
      cause,
    });
  }
  const database = instance;

  const turns = transactions(connection);
  const store = { path, transact: turns.transact, targets: new SinkTargets<TableDefinition>() };
  let closing: Promise<void> | undefined;
  return {
    path,
    table(name, schema, options = {}) {
      checkOptions('table', options, { upsert: true, nested: true });
      return duckdbSink(store, defineTable(name, schema, options));
    },
    query: (sql) =>
      turns.inTurn(async () => (await connection.runAndReadAll(sql)).getRowObjectsJS()),
    deadLetters: (job) => turns.transact((own) => readLetters(own, job)),
    close() {
      closing ??= turns.end(`the warehouse ${path} is closed`, async () => {
        connection.closeSync();
        database.closeSync();
        openFiles.delete(path);
      });
      return closing;
    },
  };
}

/** DuckDB takes what follows a question mark for parameters of a request, and puts its journal elsewhere. */
function checkPath(path: string): void {
  if (path.includes('\0'))
    throw new OptionError(`the path of a warehouse has a zero character: ${JSON.stringify(path)}`);
  if (resolve(path).includes('?'))
    throw new OptionError(
      `the path of a warehouse is ${JSON.stringify(resolve(path))}: DuckDB cannot write below a name with a question mark, choose another`,
    );
}

/** Where a file is, whichever way leads to it. Its folder is created. */
function fileOf(path: string): string {
  checkPath(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    return join(realpathSync(dirname(path)), basename(path));
  } catch (cause) {
    throw new OptionError(`cannot make the folder of ${path}: ${systemReason(cause)}`, { cause });
  }
}

/** What DuckDB says of a file, without the file. */
function reasonOf(message: string): string {
  return duckdbReason(message).replace(/^.*?"[^"]*"(,| exists, but|:) ?/, '');
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
      if (!/conflicting lock/i.test(message))
        throw new OptionError(`cannot open the database ${path}: ${reasonOf(message)}`, { cause });
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
