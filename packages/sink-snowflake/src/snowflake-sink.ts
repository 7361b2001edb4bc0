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
import { failureOf } from './errors.ts';
import { takeOver } from './ledger.ts';
import type { Session } from './session.ts';
import { SnowflakeTask } from './snowflake-task.ts';
import { stored } from './sql.ts';
import { ensureTable } from './table.ts';

/** What the sinks of one schema share. */
export interface SnowflakeStore {
  readonly session: Session;
  readonly transact: Transact<Session>;
  readonly inTurn: <R>(work: () => Promise<R>) => Promise<R>;
  readonly targets: SinkTargets<TableDefinition>;
}

/** Delivers into one table. All that an epoch gave, rows of all outputs, dead letters, counts and checkpoint, is one transaction. */
export function snowflakeSink<Row extends object>(
  store: SnowflakeStore,
  definition: TableDefinition,
): Sink<Row | StreamEvent<Row>> {
  const sink: Sink<Row | StreamEvent<Row>> = {
    store,
    target: stored(definition.name),
    open: (task, named) => openTask(store, definition, task, named),
    deadLetters: (job) => store.inTurn(() => readLetters(store.session, job)),
  };
  return store.targets.add(sink, definition);
}

async function openTask<T>(
  { session, transact, inTurn, targets }: SnowflakeStore,
  table: TableDefinition,
  task: TaskId,
  outputs?: NamedSinks,
): Promise<SinkTask<T>> {
  const named = targets.of(outputs);
  checkTablesAgree(table, named);
  const owner = ownerToken();
  try {
    await inTurn(async () => {
      for (const definition of [table, ...named.values()]) await ensureTable(session, definition);
    });
    const taken = await transact((own) => takeOver(own, task, owner));
    return new SnowflakeTask<T>({ transact, task, owner, table, named, taken });
  } catch (cause) {
    throw failureOf(task, cause);
  }
}
