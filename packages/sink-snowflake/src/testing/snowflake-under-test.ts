import { randomUUID } from 'node:crypto';
import { driverOptions, type SnowflakeConnection } from '../connection-options.ts';
import { openSession } from '../session.ts';

/** A Snowflake that tests run on: a stand-in, or an account. */
export interface SnowflakeUnderTest {
  /** Makes a schema, and tells how to connect to it. */
  schema(): Promise<SnowflakeConnection>;
  /** Ends all sessions and their transactions, as Snowflake does by itself some time after a client is gone. */
  endSessions(): Promise<void>;
  /** Drops what was made. */
  close(): Promise<void>;
}

/** Makes a schema of its own in a database that is there. */
export async function makeSchema(connection: SnowflakeConnection): Promise<SnowflakeConnection> {
  const schema = `STREAMIFY_TEST_${randomUUID().replaceAll('-', '_').toUpperCase()}`;
  await statement(connection, `create schema ${schema}`);
  return { ...connection, schema };
}

/** Runs a statement in a session of its own. */
export async function statement(connection: SnowflakeConnection, sql: string): Promise<void> {
  const session = await openSession(driverOptions(connection));
  try {
    await session.run(sql);
  } finally {
    await session.close();
  }
}
