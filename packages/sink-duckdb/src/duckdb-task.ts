import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FencedError, rowOf } from '@streamify/core';
import {
  type Checkpoint,
  type EpochCommit,
  type EpochOutput,
  misfitOf,
  type OutputRows,
  type SinkTask,
  type TaskId,
} from '@streamify/core/adapter';
import { addLetters, closeLetters } from './dead-letters.ts';
import { failureOf } from './failure-of.ts';
import { advance, isCommitted, putAside } from './ledger.ts';
import { type Table, writeRows } from './table.ts';
import type { Transact } from './transactions.ts';

/** A task that has been taken over, and the tables that it writes to. */
export interface DuckDBTaskOptions {
  readonly path: string;
  readonly transact: Transact;
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

  /** A token that nobody else has. */
  static newOwner(): string {
    return `${hostname()}:${process.pid}:${randomUUID()}`;
  }

  refusal = (row: T): string | undefined => misfitIn(this.#options.table, row);

  refusalOf = (output: string, row: unknown): string | undefined => {
    const table = this.#options.named.get(output);
    return table && misfitIn(table, row);
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
    await writeRows(connection, table, valuesOf(output), ingestedAt);
    for (const [name, rows] of output.named) {
      const target = named.get(name);
      if (target) await writeRows(connection, target, valuesOf(rows), ingestedAt);
    }
    await addLetters(connection, task.job, output.dead, ingestedAt);
    await closeLetters(connection, task.job, output.redriven, ingestedAt);
    await putAside(connection, task.job, output.aside, ingestedAt);
  }
}

function misfitIn({ columns }: Table, element: unknown): string | undefined {
  const row: unknown = rowOf(element);
  if (typeof row !== 'object' || row === null) return `a row is an object, not ${String(row)}`;
  return misfitOf(columns, row);
}

/** The rows themselves, in place of events. */
function valuesOf({ rows, causes }: OutputRows<unknown>): OutputRows<object> {
  return { rows: rows.map((row) => rowOf(row) as object), causes };
}
