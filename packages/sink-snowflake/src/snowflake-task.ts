import { FencedError, rowOf } from '@streamify/core';
import {
  addCounts,
  type EpochCommit,
  type EpochOutput,
  elementMisfit,
  rowValues,
  type SinkTask,
  stateAfter,
  type TableDefinition,
  type TaskId,
  type Transact,
} from '@streamify/core/adapter';
import { excessOf } from './column-storage.ts';
import { addLetters, closeLetters } from './dead-letters.ts';
import { failureOf } from './errors.ts';
import { advance, fenced, putAside, readStanding, saveState, type Taken } from './ledger.ts';
import type { Session } from './session.ts';
import { writeRows } from './table.ts';

/** A task that has been taken over, and the tables that it writes to. */
export interface SnowflakeTaskOptions {
  readonly transact: Transact<Session>;
  readonly task: TaskId;
  readonly owner: string;
  readonly table: TableDefinition;
  /** Tables of named outputs. */
  readonly named: ReadonlyMap<string, TableDefinition>;
  readonly taken: Taken;
}

/** One owner's hold on a task whose results go to tables of Snowflake. */
export class SnowflakeTask<T> implements SinkTask<T> {
  readonly checkpoint: Taken['checkpoint'];
  readonly #options: SnowflakeTaskOptions;
  #counts: Readonly<Record<string, number>>;
  #stateEpochs: readonly number[];
  #epoch: number;

  constructor(options: SnowflakeTaskOptions) {
    const { checkpoint, counts, stateEpochs } = options.taken;
    this.checkpoint = checkpoint;
    this.#options = options;
    this.#counts = counts;
    this.#stateEpochs = stateEpochs;
    this.#epoch = checkpoint?.epoch ?? 0;
  }

  refusal = (row: T): string | undefined => misfitIn(this.#options.table, row);

  refusalOf = (output: string, row: unknown): string | undefined => {
    const table = this.#options.named.get(output);
    return table && misfitIn(table, row);
  };

  commit = async (commit: EpochCommit, output: EpochOutput<T>): Promise<void> => {
    const { transact, task, owner } = this.#options;
    const { epoch, state } = commit;
    // Afterwards an epoch that is stored is ours, whatever became of the reply.
    if (epoch !== this.#epoch + 1) throw fenced(task, epoch, owner);
    const ingestedAt = Date.now();
    const counts = { ...this.#counts };
    addCounts(counts, output.counts);
    const stateEpochs = stateAfter(this.#stateEpochs, state, () => epoch);
    try {
      await transact(async (session) => {
        session.tag(`streamify ${task.job}/${task.partition} epoch ${epoch}`);
        await this.#write(session, output, ingestedAt);
        await saveState(session, task, commit, stateEpochs);
        await advance(session, task, owner, commit, counts);
      });
    } catch (cause) {
      await this.#settle(cause, epoch);
    }
    this.#epoch = epoch;
    this.#counts = counts;
    this.#stateEpochs = stateEpochs;
  };

  close = async (): Promise<void> => {};

  async #write(session: Session, output: EpochOutput<T>, ingestedAt: number): Promise<void> {
    const { table, named, task } = this.#options;
    await writeRows(session, table, rowValues(output), ingestedAt);
    for (const [name, rows] of output.named) {
      const target = named.get(name);
      if (target) await writeRows(session, target, rowValues(rows), ingestedAt);
    }
    await addLetters(session, task.job, output.dead, ingestedAt);
    await closeLetters(session, task.job, output.redriven, ingestedAt);
    await putAside(session, task.job, output.aside, ingestedAt);
  }

  /** Returns when a commit that failed has happened all the same, since only its reply was lost: what is stored tells. */
  async #settle(cause: unknown, epoch: number): Promise<void> {
    const { transact, task, owner } = this.#options;
    const found = await transact((session) => readStanding(session, task)).catch(() => undefined);
    if (found?.owner === owner && found.epoch === epoch && !(cause instanceof FencedError)) return;
    if (found && (found.owner !== owner || found.epoch !== epoch - 1))
      throw fenced(task, epoch, owner, found);
    throw cause instanceof FencedError ? cause : failureOf(task, cause);
  }
}

function misfitIn({ columns }: TableDefinition, element: unknown): string | undefined {
  return elementMisfit(columns, element) ?? excessOf(columns, rowOf(element) as object);
}
