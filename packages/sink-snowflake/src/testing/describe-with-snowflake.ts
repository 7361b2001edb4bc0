import { findPython } from '@streamify/test-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { accountOfEnvironment } from './account.ts';
import type { SnowflakeUnderTest } from './snowflake-under-test.ts';
import { startStandIn } from './stand-in.ts';

const account = accountOfEnvironment();
const python = await findPython();
const canStandIn = python !== undefined && Number(/^3\.(\d+)/.exec(python.version)?.[1]) >= 11;

/**
 * Describes tests that need a Snowflake: the account that SNOWFLAKE_ACCOUNT and its like name, in schemas that are
 * dropped, or else a stand-in, which they start. Where the machine cannot, they are skipped by a name that says what is
 * missing.
 */
export function describeWithSnowflake(
  name: string,
  tests: (snowflake: () => SnowflakeUnderTest) => void,
): void {
  if (!account && !canStandIn) {
    describe.skip(`${name} (needs Python 3.11 or newer, with venv)`, () =>
      tests(() => notStarted(name)));
    return;
  }
  describe(name, () => {
    let snowflake: SnowflakeUnderTest | undefined;
    beforeAll(async () => {
      snowflake = account ?? (canStandIn ? await startStandIn(python) : undefined);
    }, 300_000);
    afterAll(() => snowflake?.close());
    tests(() => snowflake ?? notStarted(name));
  });
}

function notStarted(name: string): never {
  throw new Error(`the Snowflake of "${name}" can be asked for within tests and hooks only`);
}
