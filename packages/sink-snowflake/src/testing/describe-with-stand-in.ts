import { findPython } from '@streamify/test-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { type StandIn, startStandIn } from './stand-in.ts';

const python = await findPython();
const isNewEnough = python !== undefined && Number(/^3\.(\d+)/.exec(python.version)?.[1]) >= 11;

/**
 * Describes tests that need a stand-in of Snowflake, which they start. Where the machine cannot, they are skipped by a
 * name that says what is missing.
 */
export function describeWithStandIn(name: string, tests: (standIn: () => StandIn) => void): void {
  if (!isNewEnough) {
    describe.skip(`${name} (needs Python 3.11 or newer, with venv)`, () =>
      tests(() => notStarted(name)));
    return;
  }
  describe(name, () => {
    let standIn: StandIn | undefined;
    beforeAll(async () => {
      standIn = await startStandIn(python);
    }, 300_000);
    afterAll(() => standIn?.close());
    tests(() => standIn ?? notStarted(name));
  });
}

function notStarted(name: string): never {
  throw new Error(`the stand-in of "${name}" can be asked for within tests and hooks only`);
}
