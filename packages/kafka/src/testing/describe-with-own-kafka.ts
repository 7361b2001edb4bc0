import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type LocalKafka,
  type LocalKafkaOptions,
  missingPrerequisite,
  startLocalKafka,
} from '@streamify/kafka-local';
import { afterAll, beforeAll, describe } from 'vitest';

const missing = await missingPrerequisite({ registry: true });

/**
 * Describes tests that have a broker of their own, which they may kill and start again; with a
 * registry where they ask for one. It starts before them, and it and its data are gone after them.
 *
 * Where the machine cannot start one, the tests are skipped by a name that says what is missing.
 */
export function describeWithOwnKafka(
  name: string,
  tests: (kafka: () => LocalKafka) => void,
  {
    prepare,
    ...options
  }: Pick<LocalKafkaOptions, 'registry' | 'heap' | 'settings'> & {
    /** Makes what the settings speak of. */
    readonly prepare?: () => Promise<void>;
  } = {},
): void {
  if (missing) {
    describe.skip(`${name} (needs ${missing})`, () => tests(() => notStarted(name)));
    return;
  }
  describe(name, () => {
    let dir: string | undefined;
    let kafka: LocalKafka | undefined;
    beforeAll(async () => {
      await prepare?.();
      dir = await mkdtemp(join(tmpdir(), 'streamify-kafka-'));
      kafka = await startLocalKafka({ dir, heap: '512m', startTimeout: 120_000, ...options });
    }, 180_000);
    afterAll(async () => {
      await kafka?.stop();
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    }, 60_000);
    tests(() => kafka ?? notStarted(name));
  });
}

function notStarted(name: string): never {
  throw new Error(`the broker of "${name}" can be asked for within tests and hooks only`);
}
