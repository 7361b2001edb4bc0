import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { FencedError, rowOf, type Sink, type StreamEvent } from '@streamify/core';
import {
  type EpochCommit,
  type EpochOutput,
  misfitOf,
  type SinkTask,
  type TaskId,
} from '@streamify/core/adapter';
import { advance, isCommitted, putAside, takeOver } from './ledger.ts';
import { ensureTable, type TableDefinition, writeRows } from './table.ts';
import type { Transact } from './transactions.ts';

/** Delivers into one table. All that an epoch gave, rows, dead letters, counts and checkpoint, is one transaction. */
export function duckdbSink<Row extends object>(
  transact: Transact,
  definition: TableDefinition,
): Sink<Row | StreamEvent<Row>> {
  const open = async (task: TaskId): Promise<SinkTask<Row | StreamEvent<Row>>> => {
    const owner = `${hostname()}:${process.pid}:${randomUUID()}`;
    const { table, checkpoint } = await transact(async (connection) => ({
      table: await ensureTable(connection, definition),
      checkpoint: await takeOver(connection, task, owner),
    }));

    const commit = async (
      epochCommit: EpochCommit,
      output: EpochOutput<Row | StreamEvent<Row>>,
    ): Promise<void> => {
      const { epoch } = epochCommit;
      const ingestedAt = Date.now();
      const rows = { values: output.rows.map((row) => rowOf(row)), causes: output.causes };
      try {
        await transact(async (connection) => {
          await advance(connection, task, owner, epochCommit, output.counts);
          await writeRows(connection, table, rows, ingestedAt);
          await putAside(connection, task.job, output, ingestedAt);
        });
      } catch (cause) {
        if (cause instanceof FencedError) throw cause;
        // The reply to a commit may be lost after it happened: only what is stored can tell.
        const committed = await transact((connection) =>
          isCommitted(connection, task, { owner, epoch }),
        ).catch(() => false);
        if (!committed) throw cause;
      }
    };
    return {
      checkpoint,
      refusal: (element) => misfitOf(table.columns, rowOf(element)),
      commit,
      close: async () => {},
    };
  };
  return { open };
}
