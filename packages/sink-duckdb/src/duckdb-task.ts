import type { DuckDBConnection } from '@duckdb/node-api';
import { FencedError } from '@streamify/core';
import {
  type Checkpoint,
  type EpochCommit,
  type EpochOutput,
  elementMisfit,
  rowValues,
  type SinkTask,
  type TaskId,
  type Transact,
} from '@streamify/core/adapter';
import { addLetters, closeLetters } from './dead-letters.ts';
import { failureOf } from './failure-of.ts';
import { advance, isCommitted, putAside } from './ledger.ts';
import { type Table, writeRows } from './table.ts';

/** A task that has been taken over, and the tables that it writes to. */
export interface DuckDBTaskOptions {
  readonly path: string;
  readonly transact: Transact<DuckDBConnection>;
  readonly task: TaskId;
  readonly owner: string;
  readonly table: Table;
  /** Tables of named outputs. */
  readonly named: ReadonlyMap<string, Table>;
  readonly checkpoint: Checkpoint | undefined;
}

/** One owner's hold on a task whose results go to tables of a database. */
export class DuckDBTask<T> implements SinkTask<T> {
  readonly checkpoint: Checkpoint | undefined;
  readonly #options: DuckDBTaskOptions;

  constructor(options: DuckDBTaskOptions) {
    this.checkpoint = options.checkpoint;
    this.#options = options;
  }

  refusal = (row: T): string | undefined => elementMisfit(this.#options.table.columns, row);

  refusalOf = (output: string, row: unknown): string | undefined => {
    const table = this.#options.named.get(output);
    return table && elementMisfit(table.columns, row);
  };

  commit = async (commit: EpochCommit, output: EpochOutput<T>): Promise<void> => {
    const { transact, task, owner } = this.#options;
    const { epoch } = commit;
    const ingestedAt = Date.now();
    try {
      await transact(async (connection) => {
        await advance(connection, task, owner, commit, output.counts);
        await this.#write(connection, output, ingestedAt);
      });
    } catch (cause) {
      if (cause instanceof FencedError) throw cause;
      // The reply to a commit may be lost after it happened: only what is stored can tell.
      const committed = await transact((connection) =>
        isCommitted(connection, task, { owner, epoch }),
      ).catch(() => false);
      if (!committed) throw failureOf(cause, this.#options);
    }
  };

  close = async (): Promise<void> => {};

  async #write(
    connection: DuckDBConnection,
    output: EpochOutput<T>,
    ingestedAt: number,
  ): Promise<void> {
    const { table, named, task } = this.#options;
    await writeRows(connection, table, rowValues(output), ingestedAt);
    for (const [name, rows] of output.named) {
      const target = named.get(name);
      if (target) await writeRows(connection, target, rowValues(rows), ingestedAt);
    }
    await addLetters(connection, task.job, output.dead, ingestedAt);
    await closeLetters(connection, task.job, output.redriven, ingestedAt);
    await putAside(connection, task.job, output.aside, ingestedAt);
  }
}
