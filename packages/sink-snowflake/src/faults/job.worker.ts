import { join } from 'node:path';
import { fileLog, run } from '@streamify/core';
import { defineTable, SinkTargets, transactions } from '@streamify/core/adapter';
import { Play, type Result, SUMS, Sum, troubledPipeline } from '@streamify/test-kit/plays';
import { signalAt, workerJob } from '@streamify/test-kit/worker';
import { driverOptions, type SnowflakeConnection } from '../connection-options.ts';
import { createLedger } from '../ledger.ts';
import { openSession, type Session } from '../session.ts';
import { snowflakeSink } from '../snowflake-sink.ts';

/*
 * A process that the fault tests start. It runs the job and kills itself at a point of the first
 * transaction that commits an epoch.
 */

/** What the worker is to do. */
export interface SnowflakeJob {
  readonly dir: string;
  readonly connection: SnowflakeConnection;
  /** Never by default. */
  readonly point?: string | undefined;
  /** Makes the rows and the checkpoint a transaction each. */
  readonly apart?: boolean;
}

const { dir, connection, point = '', apart = false } = workerJob<SnowflakeJob>();
const session = await openSession(driverOptions(connection));
await createLedger(session);

let transaction = 0;
const killed = signalAt(point);
/** The first transaction takes the task over; those behind it commit epochs. */
async function at(reached: string): Promise<void> {
  if (transaction === 2) await killed(reached);
}

const deadly: Session = {
  ...session,
  async run(sql, binds) {
    if (sql === 'begin transaction') {
      transaction++;
      await at('before its transaction');
    }
    if (sql === 'commit') await at('before its commit');
    const result = await session.run(sql, binds);
    if (sql === 'commit') await at('before the reply');
    if (sql.startsWith('insert into "SUMS"')) {
      if (apart && transaction === 2) {
        await session.run('commit');
        await session.run('begin transaction');
      }
      await at('between its rows and its checkpoint');
    }
    return result;
  },
};

const { transact, inTurn } = transactions(deadly);
const store = { session: deadly, transact, inTurn, targets: new SinkTargets<never>() };
const log = await fileLog({ dir: join(dir, 'log'), mode: 'read' });
await run({
  name: SUMS,
  from: log.topic('plays', Play),
  through: troubledPipeline,
  into: snowflakeSink<Result>(store as never, defineTable('sums', Sum.schema)),
  atEnd: 'complete',
  epoch: { maxRecords: 100 },
});
await log.close();
await session.close();
