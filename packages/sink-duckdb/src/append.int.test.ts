import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from './append.ts';
import { appendColumns } from './append-columns.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run('create table t (n bigint not null)');
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

type Write = (appender: DuckDBAppender) => void;
type Append = (write: Write) => Promise<void>;

const ours: Append = (write) => append(connection, { table: 't' }, write);
/** As it is mostly written: an appender that failed is let go. */
const naive: Append = async (write) => {
  const appender = await connection.createAppender('t');
  write(appender);
  appender.closeSync();
};

/** Three full chunks, and a failure in the fourth. */
const failMidway: Write = (appender) => {
  const number = (row: number) => {
    if (row === 7_000) throw new Error('midway');
    return row;
  };
  appendColumns(appender, [{ type: 'long', valueOf: number }], 8_000);
};
/** What the table refuses only when the appender is closed. */
const failAtClose: Write = (appender) => {
  appendColumns(appender, [{ type: 'long', valueOf: (row) => (row === 99 ? null : row) }], 100);
};

/** Rows that are there when a transaction was rolled back, and the garbage has been collected. */
async function rowsAfter(appending: Append, write: Write): Promise<number> {
  await connection.run('begin transaction');
  const failure = await appending(write).then(
    () => undefined,
    (cause: unknown) => String(cause),
  );
  expect(failure).toBeDefined();
  await connection.run('rollback');
  if (write === failAtClose) await connection.run('alter table t alter n drop not null');
  // Finalizers run some time after a collection, and nothing tells when.
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await setTimeout(50);
  }
  const reader = await connection.runAndReadAll('select count(*)::integer from t');
  return Number(reader.getRowsJS()[0]?.[0]);
}

describe('an append that fails', () => {
  it.each([
    ['midway', failMidway],
    ['when it is closed', failAtClose],
  ])('%s leaves nothing, also once the garbage is collected', async (_, write) => {
    expect(await rowsAfter(ours, write)).toBe(0);
  });

  it.each([
    ['midway', failMidway],
    ['when it is closed', failAtClose],
  ])(
    'control: %s writes what it held behind the rollback, where it is let go',
    async (_, write) => {
      expect(await rowsAfter(naive, write)).toBeGreaterThan(0);
    },
  );
});
