import { fileURLToPath } from 'node:url';
import { type Python, pythonVenv, startProcess } from '@streamify/test-kit';
import { makeSchema, type SnowflakeUnderTest, statement } from './snowflake-under-test.ts';

const server = fileURLToPath(new URL('../../stand-in/server.py', import.meta.url));
const requirements = fileURLToPath(new URL('../../stand-in/requirements.txt', import.meta.url));

/** Starts a stand-in of Snowflake, as a process of its own, with nothing in it. */
export async function startStandIn(python: Python): Promise<SnowflakeUnderTest> {
  const running = startProcess(await pythonVenv(python, requirements), [server]);
  await running.until((stdout) => stdout.includes('\n'));
  const url = `http://127.0.0.1:${running.stdout.trim()}`;
  const connection = {
    account: 'stand-in',
    user: 'tests',
    password: 'none',
    database: 'TESTS',
    url,
  };
  await statement(connection, 'create database if not exists TESTS');
  return {
    schema: () => makeSchema(connection),
    async endSessions() {
      await fetch(`${url}/stand-in/sessions`, { method: 'DELETE' });
    },
    async close() {
      await running.kill();
    },
  };
}
