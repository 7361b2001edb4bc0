import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { fileLog, run } from '@streamify/core';
import { defineTable, SinkTargets, type Transact, transactions } from '@streamify/core/adapter';
import { Play, type Result, SUMS, Sum, troubledPipeline } from '@streamify/test-kit/plays';
import { signalAt, workerJob } from '@streamify/test-kit/worker';
import { duckdbSink } from '../duckdb-sink.ts';
import { createLedger } from '../ledger.ts';

/*
 * A process that the fault tests start. It runs the job and kills itself at a point of the first
 * transaction that commits an epoch.
 */

/** What the worker is to do. */
export interface DuckdbJob {
  readonly dir: string;
  /** Never by default. */
  readonly point?: string | undefined;
  /** Makes the checkpoint and the rows a transaction each. */
  readonly apart?: boolean;
}

const { dir, point = '', apart = false } = workerJob<DuckdbJob>();
const spins = Number(/^while it commits, (\d+)/.exec(point)?.[1] ?? 0);
const config = point.startsWith('while it rewrites') ? { checkpoint_threshold: '1KB' } : undefined;

const path = join(dir, 'sums.duckdb');
const instance = await DuckDBInstance.create(path, config);
const connection = await instance.connect();
await createLedger(connection);

let transaction = 0;
/** The first transaction takes the task over; those behind it commit epochs. */
const isCommit = () => transaction === 2;

const killed = signalAt(point);
async function at(reached: string): Promise<void> {
  if (isCommit()) await killed(reached);
}

const methods: Partial<Record<keyof DuckDBConnection, unknown>> = {
  async run(sql: string, ...values: []) {
    if (sql === 'begin transaction') {
      transaction++;
      await at('before its transaction');
    }
    if (sql === 'commit') await at('before its commit');
    const running = connection.run(sql, ...values);
    // DuckDB commits in a thread of its own meanwhile.
    if (sql === 'commit' && isCommit() && spins > 0) {
      const until = performance.now() + spins / 1_000;
      while (performance.now() < until);
      process.kill(process.pid, 'SIGKILL');
    }
    const result = await running;
    if (sql === 'commit') {
      await at('before the reply');
      await at('while it rewrites its file');
    }
    return result;
  },
  async createAppender(...where: Parameters<DuckDBConnection['createAppender']>) {
    if (apart && isCommit()) {
      await connection.run('commit');
      await connection.run('begin transaction');
    }
    await at('between its checkpoint and its rows');
    const appender = await connection.createAppender(...where);
    const close = appender.closeSync.bind(appender);
    appender.closeSync = () => {
      close();
      void at('behind its appends');
    };
    return appender;
  },
};
const deadly = new Proxy(connection, {
  get(target, name: keyof DuckDBConnection) {
    const value = methods[name] ?? target[name];
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

const transact: Transact<DuckDBConnection> = transactions(deadly).transact;
const log = await fileLog({ dir: join(dir, 'log'), mode: 'read' });
await run({
  name: SUMS,
  from: log.topic('plays', Play),
  through: troubledPipeline,
  into: duckdbSink<Result>(
    { path, transact, targets: new SinkTargets() },
    defineTable('sums', Sum.schema),
  ),
  atEnd: 'complete',
  epoch: { maxRecords: 40 },
});
await log.close();
connection.closeSync();
instance.closeSync();
