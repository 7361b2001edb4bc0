import type { DuckDBConnection } from '@duckdb/node-api';

/** Runs work on the one connection of a database, one piece after another, each in a transaction. */
export type Transact = <R>(work: (connection: DuckDBConnection) => Promise<R>) => Promise<R>;

export interface Transactions {
  readonly transact: Transact;
  /** Runs work that needs no transaction, in turn with those that do. */
  readonly inTurn: <R>(work: () => Promise<R>) => Promise<R>;
}

/** Lets pieces of work take turns on a connection: a transaction belongs to the connection, not to whoever awaits it. */
export function transactions(connection: DuckDBConnection): Transactions {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
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
  return { transact, inTurn };
}
