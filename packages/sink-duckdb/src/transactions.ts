import type { DuckDBConnection } from '@duckdb/node-api';
import { ClosedError } from '@streamify/core';

/** Runs work on the one connection of a database, one piece after another, each in a transaction. */
export type Transact = <R>(work: (connection: DuckDBConnection) => Promise<R>) => Promise<R>;

export interface Transactions {
  readonly transact: Transact;
  /** Runs work that needs no transaction, in turn with those that do. */
  readonly inTurn: <R>(work: () => Promise<R>) => Promise<R>;
  /** Runs the last work there is, behind what is under way. All that comes later is refused with `reason`. */
  readonly end: (reason: string, work: () => Promise<void>) => Promise<void>;
}

/** Lets pieces of work take turns on a connection: a transaction belongs to the connection, not to whoever awaits it. */
export function transactions(connection: DuckDBConnection): Transactions {
  let last: Promise<unknown> = Promise.resolve();
  let ended: string | undefined;
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    if (ended !== undefined) return Promise.reject(new ClosedError(ended));
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  const transact: Transact = (work) =>
    inTurn(async () => {
      await connection.run('begin transaction');
      try {
        const result = await work(connection);
        await connection.run('commit');
        return result;
      } catch (cause) {
        await connection.run('rollback').catch(() => {});
        throw cause;
      }
    });
  return {
    transact,
    inTurn,
    end(reason, work) {
      const turn = inTurn(work);
      ended = reason;
      return turn;
    },
  };
}
