import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Makes an empty folder, which is removed behind the test and its `afterEach`. For a test, or for
 * `beforeEach`.
 */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'streamify-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
