import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { fileLog, run } from '@streamify/core';
import { SinkTargets } from '@streamify/core/adapter';
import { duckdbSink } from '../duckdb-sink.ts';
import { createLedger } from '../ledger.ts';
import { defineTable } from '../table.ts';
import { type Transact, transactions } from '../transactions.ts';
import { JOB, Play, type Sum, sumSchema, sums } from './plays-job.ts';

/*
 * A process that the fault tests start: `node worker.mjs <dir> <point> [apart]`. It runs the job
 * and kills itself at a point of the first transaction that commits an epoch. With `apart`, the
 * checkpoint and the rows are a transaction each.
 */

const [dir = '', point = '', apart] = process.argv.slice(2);
const spins = Number(/^while it commits, (\d+)/.exec(point)?.[1] ?? 0);
const config = point.startsWith('while it rewrites') ? { checkpoint_threshold: '1KB' } : undefined;

const instance = await DuckDBInstance.create(join(dir, 'sums.duckdb'), config);
const connection = await instance.connect();
await createLedger(connection);

let transaction = 0;
/** The first transaction takes the task over; those behind it commit epochs. */
const isCommit = () => transaction === 2;

function at(reached: string): void {
  if (isCommit() && reached === point) process.kill(process.pid, 'SIGKILL');
}

const methods: Partial<Record<keyof DuckDBConnection, unknown>> = {
  async run(sql: string, ...values: []) {
    if (sql === 'begin transaction') {
      transaction++;
      at('before its transaction');
    }
    if (sql === 'commit') at('before its commit');
    const running = connection.run(sql, ...values);
    // DuckDB commits in a thread of its own meanwhile.
    if (sql === 'commit' && isCommit() && spins > 0) {
      const until = performance.now() + spins / 1_000;
      while (performance.now() < until);
      process.kill(process.pid, 'SIGKILL');
    }
    const result = await running;
    if (sql === 'commit') {
      at('before the reply');
      at('while it rewrites its file');
    }
    return result;
  },
  async createAppender(...where: Parameters<DuckDBConnection['createAppender']>) {
    if (apart && isCommit()) {
      await connection.run('commit');
      await connection.run('begin transaction');
    }
    at('between its checkpoint and its rows');
    const appender = await connection.createAppender(...where);
    const close = appender.closeSync.bind(appender);
    appender.closeSync = () => {
      close();
      at('behind its appends');
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

const transact: Transact = transactions(deadly).transact;
const log = await fileLog({ dir: join(dir, 'log'), mode: 'read' });
await run({
  name: JOB,
  from: log.topic('plays', Play),
  through: sums,
  into: duckdbSink<Sum>(
    { transact: transact, targets: new SinkTargets() },
    defineTable('sums', sumSchema),
  ),
  atEnd: 'complete',
  epoch: { maxRecords: 40 },
});
await log.close();
connection.closeSync();
instance.closeSync();
