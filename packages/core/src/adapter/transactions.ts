import { ClosedError } from '../contract/errors.ts';

/** A connection to a database, which runs a statement at a time. */
export interface StatementRunner {
  run(sql: string): Promise<unknown>;
}

/** Runs work on the one connection of a database, one piece after another, each in a transaction. */
export type Transact<C> = <R>(work: (connection: C) => Promise<R>) => Promise<R>;

/** What takes turns on a connection. */
export interface Transactions<C> {
  readonly transact: Transact<C>;
  /** Runs work that needs no transaction, in turn with those that do. */
  readonly inTurn: <R>(work: () => Promise<R>) => Promise<R>;
  /** Runs the last work there is, behind what is under way. All that comes later is refused with `reason`. */
  readonly end: (reason: string, work: () => Promise<void>) => Promise<void>;
}

/** Lets pieces of work take turns on a connection: a transaction belongs to the connection, not to whoever awaits it. */
export function transactions<C extends StatementRunner>(connection: C): Transactions<C> {
  let last: Promise<unknown> = Promise.resolve();
  let ended: string | undefined;
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    if (ended !== undefined) return Promise.reject(new ClosedError(ended));
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  const transact: Transact<C> = (work) =>
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
