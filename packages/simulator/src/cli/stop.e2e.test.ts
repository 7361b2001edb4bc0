import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { missing, start } from '../testing/run-command.ts';

describe.skipIf(missing !== '')(`a signal ${missing && `(needs ${missing})`}`, () => {
  test.each([
    ['SIGINT', ['--workers', '1']],
    ['SIGTERM', ['--workers', '2']],
  ] as const)('%s ends it while the users are being made (%j)', async (name, workers) => {
    const window = ['-s', '2026-03-02', '--days', '10'];
    const { child, ended } = start(['-n', '9000000', '-v', '--dry-run', ...window, ...workers]);
    // Said before the first user is made, which 9,000,000 of them leave time enough for.
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    child.kill(name);
    expect(await ended).toMatchObject({ signal: name, stdout: '' });
  });
});
