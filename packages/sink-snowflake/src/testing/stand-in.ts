import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Python, pythonVenv, startProcess } from '@streamify/test-kit';
import type { SnowflakeConnection } from '../connection-options.ts';
import { driverOptions } from '../connection-options.ts';
import { openSession } from '../session.ts';

const server = fileURLToPath(new URL('../../stand-in/server.py', import.meta.url));
const requirements = fileURLToPath(new URL('../../stand-in/requirements.txt', import.meta.url));

/** A stand-in of Snowflake, as a process of its own. */
export interface StandIn {
  /** Makes a schema, and tells how to connect to it. */
  schema(): Promise<SnowflakeConnection>;
  /** Ends all sessions and their transactions, as Snowflake does some time after a client is gone. */
  endSessions(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in. */
export async function startStandIn(python: Python): Promise<StandIn> {
  const running = startProcess(await pythonVenv(python, requirements), [server]);
  await running.until((stdout) => stdout.includes('\n'));
  const url = `http://127.0.0.1:${running.stdout.trim()}`;
  const base = { account: 'standin', user: 'tests', password: 'none', database: 'TESTS', url };
  return {
    async schema() {
      const schema = `S_${randomUUID().replaceAll('-', '_').toUpperCase()}`;
      const session = await openSession(driverOptions({ ...base, schema: 'PUBLIC' }));
      await session.run(`create database if not exists TESTS`);
      await session.run(`create schema TESTS.${schema}`);
      await session.close();
      return { ...base, schema };
    },
    async endSessions() {
      await fetch(`${url}/stand-in/sessions`, { method: 'DELETE' });
    },
    async close() {
      await running.kill();
    },
  };
}
