import { ClosedError } from '@streamify/core';
import type { Bind, Connection, ConnectionOptions, SnowflakeError } from 'snowflake-sdk';
import { loadDriver } from './driver.ts';
import { WarehouseError } from './errors.ts';

/** A row: column name to value. */
export type Row = Readonly<Record<string, unknown>>;

/** What a statement gave. */
export interface Result {
  readonly rows: readonly Row[];
  /** How many rows it has changed; 0 where that is not its work. */
  readonly changed: number;
}

/** A session that runs a statement at a time, and is begun anew where Snowflake has ended it. */
export interface Session {
  run(sql: string, binds?: readonly Bind[]): Promise<Result>;
  /** Marks the statements that follow, up to the end of the transaction: Snowflake's history of queries has it. */
  tag(text: string): void;
  close(): Promise<void>;
}

/** Begins a session. */
export async function openSession(options: ConnectionOptions): Promise<Session> {
  let connection: Connection | undefined = await connect(options);
  let isClosed = false;
  let queryTag = untagged;
  return {
    tag(text) {
      queryTag = text;
    },
    async run(sql, binds) {
      if (isClosed) throw new ClosedError('the session is closed');
      connection ??= await connect(options);
      try {
        return await execute(connection, { sql, binds, queryTag });
      } catch (cause) {
        if (!connection.isUp() || isEndOfSession(cause as SnowflakeError)) {
          await disconnect(connection);
          connection = undefined;
        }
        throw new WarehouseError(`Snowflake: ${reasonOf(cause)}`, { cause });
      } finally {
        if (endsTransaction.test(sql)) queryTag = untagged;
      }
    },
    async close() {
      isClosed = true;
      if (connection) await disconnect(connection);
      connection = undefined;
    },
  };
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  const connection = loadDriver().createConnection(options);
  return new Promise((resolve, reject) => {
    connection.connect((cause) => {
      if (!cause) return resolve(connection);
      const { account, username, accessUrl = `${account}.snowflakecomputing.com` } = options;
      reject(
        new WarehouseError(
          `cannot connect to Snowflake at ${accessUrl} as ${username}: ${reasonOf(cause)}`,
          { cause },
        ),
      );
    });
  });
}

const untagged = 'streamify';
const endsTransaction = /^(commit|rollback)$/;

function execute(
  connection: Connection,
  {
    sql,
    binds = [],
    queryTag,
  }: {
    readonly sql: string;
    readonly binds: readonly Bind[] | undefined;
    readonly queryTag: string;
  },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    connection.execute({
      sqlText: sql,
      parameters: { QUERY_TAG: queryTag },
      ...(binds.length > 0 && { binds: [...binds] }),
      complete: (cause, statement, rows = []) => {
        if (cause) reject(cause);
        else
          resolve({
            rows: rows.map(plainRow),
            changed: Math.max(0, statement.getNumUpdatedRows() ?? 0),
          });
      },
    });
  });
}

/** A row as it is given: the driver's dates carry functions. */
function plainRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? new Date(value.getTime()) : value,
    ]),
  );
}

function disconnect(connection: Connection): Promise<void> {
  // One that is gone already cannot be left.
  return new Promise((resolve) => connection.destroy(() => resolve()));
}

/** Snowflake's codes for a session, or its token, that is no more. */
const endsOfSession = new Set(['390104', '390111', '390112', '390114', '390195']);

function isEndOfSession({ code }: SnowflakeError): boolean {
  return endsOfSession.has(String(code));
}

/** What to do about what Snowflake says, by its code. */
const remedies: Readonly<Record<string, string>> = {
  '000606': 'name a virtual warehouse by `warehouse`, and grant its usage to the role',
  '002003': 'make it, or grant the role what it needs there',
  '003001': 'grant it to the role',
  '390100': 'are user and password right?',
  '390144':
    'is the public key that of the user? `alter user … set rsa_public_key = …` gives it one',
  '390189': 'is the role granted to the user?',
  '390201': 'does the database exist, and may the role use it?',
};

/** What the driver says, in one line, and what to do about it. */
function reasonOf(cause: unknown): string {
  const { message, code, cause: inner } = cause as SnowflakeError & { readonly cause?: unknown };
  const isSaid = !(inner instanceof Error) || message.includes(inner.message);
  const text = isSaid ? message : `${message} ${inner.message}`;
  const remedy = remedies[String(code)];
  return `${text.replace(/\s+/g, ' ').trim()}${remedy ? `: ${remedy}` : ''}`;
}
