import type { SnowflakeConnection } from '../connection-options.ts';
import { makeSchema, type SnowflakeUnderTest, statement } from './snowflake-under-test.ts';

const variables = {
  account: 'SNOWFLAKE_ACCOUNT',
  user: 'SNOWFLAKE_USER',
  password: 'SNOWFLAKE_PASSWORD',
  privateKeyFile: 'SNOWFLAKE_PRIVATE_KEY_FILE',
  passphrase: 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
  role: 'SNOWFLAKE_ROLE',
  warehouse: 'SNOWFLAKE_WAREHOUSE',
  database: 'SNOWFLAKE_DATABASE',
  url: 'SNOWFLAKE_URL',
} as const;

/** The account that the environment names; `undefined` where it names none. */
export function accountOfEnvironment(): SnowflakeUnderTest | undefined {
  const given = Object.entries(variables).flatMap(([option, variable]) => {
    const value = process.env[variable];
    return value ? [[option, value] as const] : [];
  });
  const connection = Object.fromEntries(given) as unknown as SnowflakeConnection;
  if (connection.account === undefined) return undefined;
  const made: SnowflakeConnection[] = [];
  return {
    async schema() {
      const own = await makeSchema(connection);
      made.push(own);
      return own;
    },
    endSessions: async () => {},
    async close() {
      for (const { schema } of made) await statement(connection, `drop schema ${schema}`);
    },
  };
}
