import type { DuckDBConnection } from '@duckdb/node-api';
import type { Sink, StreamEvent } from '@streamify/core';
import {
  checkTablesAgree,
  type NamedSinks,
  ownerToken,
  type SinkTargets,
  type SinkTask,
  type TableDefinition,
  type TaskId,
  type Transact,
} from '@streamify/core/adapter';
import { readLetters } from './dead-letters.ts';
import { DuckDBTask } from './duckdb-task.ts';
import { failureOf } from './failure-of.ts';
import { takeOver } from './ledger.ts';
import { ensureTable, type Table } from './table.ts';

/** What the sinks of one database share. */
export interface DuckDBStore {
  /** The file, for people. */
  readonly path: string;
  readonly transact: Transact<DuckDBConnection>;
  readonly targets: SinkTargets<TableDefinition>;
}

/** Delivers into one table. All that an epoch gave, rows of all outputs, dead letters, counts and checkpoint, is one transaction. */
export function duckdbSink<Row extends object>(
  store: DuckDBStore,
  definition: TableDefinition,
): Sink<Row | StreamEvent<Row>> {
  const sink: Sink<Row | StreamEvent<Row>> = {
    store,
    // DuckDB takes Plays for plays.
    target: definition.name.toLowerCase(),
    open: (task, named) => openTask(store, definition, task, named),
    deadLetters: (job) => store.transact((connection) => readLetters(connection, job)),
  };
  return store.targets.add(sink, definition);
}

async function openTask<T>(
  { path, transact, targets }: DuckDBStore,
  main: TableDefinition,
  task: TaskId,
  named?: NamedSinks,
): Promise<SinkTask<T>> {
  const others = targets.of(named);
  checkTablesAgree(main, others);
  const owner = ownerToken();
  const opened = transact(async (connection) => {
    const table = await ensureTable(connection, main);
    const tables = new Map<string, Table>();
    for (const [output, definition] of others)
      tables.set(output, await ensureTable(connection, definition));
    const checkpoint = await takeOver(connection, task, owner);
    return new DuckDBTask<T>({ path, transact, task, owner, table, named: tables, checkpoint });
  });
  return opened.catch((cause: unknown) => {
    throw failureOf(cause, { path, task });
  });
}
