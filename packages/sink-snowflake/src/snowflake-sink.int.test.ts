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
import { it } from 'vitest';
import { driverOptions } from './connection-options.ts';
import { createLedger } from './ledger.ts';
import { openSession, type Session } from './session.ts';
import { snowflakeSink } from './snowflake-sink.ts';
import { describeWithSnowflake } from './testing/describe-with-snowflake.ts';
import type { SnowflakeUnderTest } from './testing/snowflake-under-test.ts';

/** A sink in a schema of its own, whose transactions can be made to fail. */
async function open(snowflake: SnowflakeUnderTest): Promise<SinkUnderTest> {
  const connection = await snowflake.schema();
  let fault: CommitFault | undefined;
  const sessions: Session[] = [];
  const connect = async () => {
    const session = await openSession(driverOptions(connection));
    sessions.push(session);
    await createLedger(session);
    const { transact, inTurn } = transactions(session);
    const failing: Transact<Session> = async (work) => {
      const failure = fault;
      fault = undefined;
      const result = await transact(async (own) => {
        const done = await work(own);
        if (failure === 'midway') throw new Error('the session is gone');
        return done;
      });
      if (failure === 'reply lost') throw new Error('no reply to the commit');
      return result;
    };
    return { session, inTurn, transact: failing, targets: new SinkTargets<TableDefinition>() };
  };
  const store = await connect();
  const { session } = store;
  const tableOf = (name: string) => defineTable(name, contractSchema);
  return {
    sink: snowflakeSink<ContractRow>(store, tableOf('contract')),
    table: async (name) => snowflakeSink<ContractRow>(store, tableOf(name)),
    reopen: async () => snowflakeSink<ContractRow>(await connect(), tableOf('contract')),
    stored: () => storedIn(session),
    storedIn: (name) => rowsIn(session, name),
    failNextCommit(next) {
      fault = next;
    },
    async close() {
      for (const each of sessions) await each.close();
    },
  };
}

/** The rows of a table, if there is one. */
async function rowsIn(session: Session, table: string): Promise<ContractRow[]> {
  const found = await session.run('show tables');
  if (!found.rows.some(({ name }) => name === table.toUpperCase())) return [];
  const { rows } = await session.run(`select ID, TITLE, PLAYS, RATING, PAID, "AT" from ${table}`);
  return rows.map(({ ID, TITLE, PLAYS, RATING, PAID, AT }) => ({
    id: ID,
    title: TITLE,
    plays: Number(PLAYS),
    rating: RATING,
    paid: PAID,
    at: (AT as Date).getTime(),
  })) as ContractRow[];
}

async function storedIn(session: Session): Promise<StoredOutput> {
  const read = async (sql: string) => (await session.run(sql)).rows;
  const cause = (row: Readonly<Record<string, unknown>>) => ({
    topic: String(row['TOPIC']),
    partition: Number(row['PARTITION']),
    offset: Number(row['OFFSET']),
  });
  const letters = await read(
    `select *, hex_encode(RAW) as HEX, date_part(epoch_millisecond, LOGGED_AT) as LOGGED from _STREAMIFY_DEAD_LETTERS`,
  );
  const aside = await read('select *, to_json(ELEMENT) as JSON from _STREAMIFY_SIDE_OUTPUTS');
  const counts: Record<string, Record<string, number>> = {};
  for (const row of await read('select JOB, COUNTS from _STREAMIFY_CHECKPOINTS')) {
    counts[String(row['JOB'])] ??= {};
    const sums = counts[String(row['JOB'])] as Record<string, number>;
    for (const [name, n] of Object.entries(
      JSON.parse(String(row['COUNTS'])) as Record<string, number>,
    ))
      sums[name] = (sums[name] ?? 0) + n;
  }
  return {
    rows: await rowsIn(session, 'contract'),
    aside: aside.map((row) => ({
      output: String(row['OUTPUT']),
      element: JSON.parse(String(row['JSON'])) as unknown,
      cause: cause(row),
    })),
    dead: letters.map((row) => ({
      position: cause(row),
      key: String(row['KEY']),
      raw: new Uint8Array(Buffer.from(String(row['HEX']), 'hex')),
      headers: readHeadersJson(String(row['HEADERS'])),
      schemaId: row['SCHEMA_ID'] === null ? undefined : Number(row['SCHEMA_ID']),
      loggedAt: Number(row['LOGGED']),
      operator: String(row['OPERATOR']),
      result: row['RESULT'] === null ? undefined : JSON.parse(String(row['RESULT'])),
      reason: String(row['REASON']),
      stack: (row['STACK'] as string | null) ?? undefined,
    })),
    counts,
  };
}

describeWithSnowflake('a Snowflake sink', (snowflake) => {
  const faults = ['midway', 'reply lost'] as const;
  for (const { name, run } of sinkContract({ open: () => open(snowflake()), faults }))
    it(name, run);
});
