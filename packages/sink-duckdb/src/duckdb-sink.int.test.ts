import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  defineTable,
  readHeadersJson,
  SinkTargets,
  type TableDefinition,
  type Transact,
  transactions,
} from '@streamify/core/adapter';
import {
  type CommitFault,
  type ContractRow,
  contractSchema,
  type SinkUnderTest,
  type StoredOutput,
  sinkContract,
} from '@streamify/core/testing';
import { temporaryFolder } from '@streamify/test-kit';
import { describe, it } from 'vitest';
import { duckdbSink } from './duckdb-sink.ts';
import { createLedger } from './ledger.ts';

/** A sink on a database file of its own, whose transactions can be made to fail. */
async function open(): Promise<SinkUnderTest> {
  const dir = await temporaryFolder();
  const path = join(dir, 'contract.duckdb');
  let fault: CommitFault | undefined;
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  const connect = async () => {
    instance = await DuckDBInstance.create(path);
    connection = await instance.connect();
    await createLedger(connection);
    const { transact } = transactions(connection);
    const failing: Transact<DuckDBConnection> = async (work) => {
      const failure = fault;
      fault = undefined;
      const result = await transact(async (c) => {
        const done = await work(c);
        if (failure === 'midway') throw new Error('the disk is full');
        return done;
      });
      if (failure === 'reply lost') throw new Error('no reply to the commit');
      return result;
    };
    return { path, transact: failing, targets: new SinkTargets<TableDefinition>() };
  };
  const tableOf = (name: string) => defineTable(name, contractSchema);
  const disconnect = () => {
    connection.closeSync();
    instance.closeSync();
  };

  const store = await connect();
  return {
    sink: duckdbSink<ContractRow>(store, tableOf('contract')),
    table: async (name) => duckdbSink<ContractRow>(store, tableOf(name)),
    async reopen() {
      disconnect();
      return duckdbSink<ContractRow>(await connect(), tableOf('contract'));
    },
    stored: () => storedIn(connection),
    storedIn: (name) => rowsIn(connection, name),
    failNextCommit: (next) => {
      fault = next;
    },
    close: async () => disconnect(),
  };
}

/** The rows of a table, if there is one. */
async function rowsIn(connection: DuckDBConnection, table: string): Promise<ContractRow[]> {
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  const found = await read(`select 1 from duckdb_tables() where table_name = '${table}'`);
  if (found.length === 0) return [];
  const rows = await read(`select * from ${table}`);
  return rows.map(({ id, title, plays, rating, paid, at }) => ({
    id,
    title,
    plays: Number(plays),
    rating,
    paid,
    at: (at as Date).getTime(),
  })) as ContractRow[];
}

async function storedIn(connection: DuckDBConnection): Promise<StoredOutput> {
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  const rows = await rowsIn(connection, 'contract');
  const letters = await read('select * from _streamify.dead_letters');
  const aside = await read('select * from _streamify.side_outputs');
  const counts: Record<string, Record<string, number>> = {};
  for (const { job, name, n } of await read('select * from _streamify.counts'))
    counts[String(job)] = { ...counts[String(job)], [String(name)]: Number(n) };
  const cause = (row: Record<string, unknown>) => ({
    topic: String(row['topic']),
    partition: Number(row['partition']),
    offset: Number(row['offset']),
  });
  return {
    rows,
    aside: aside.map((row) => ({
      output: String(row['output']),
      element: JSON.parse(String(row['element'])) as unknown,
      cause: cause(row),
    })),
    dead: letters.map((row) => ({
      position: cause(row),
      key: String(row['key']),
      raw: row['raw'] as Uint8Array,
      headers: readHeadersJson(String(row['headers'])),
      schemaId: (row['schema_id'] as number | null) ?? undefined,
      loggedAt: (row['logged_at'] as Date).getTime(),
      operator: String(row['operator']),
      result: row['result'] === null ? undefined : JSON.parse(String(row['result'])),
      reason: String(row['reason']),
      stack: (row['stack'] as string | null) ?? undefined,
    })),
    counts,
  };
}

describe('a DuckDB sink', () => {
  for (const { name, run } of sinkContract({ open, faults: ['midway', 'reply lost'] }))
    it(name, run);
});
