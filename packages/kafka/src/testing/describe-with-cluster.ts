import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalCluster, missingPrerequisite, startLocalCluster } from '@streamify/kafka-local';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';

const missing = await missingPrerequisite();

/** Several brokers: two of three are enough for everything. */
export interface Cluster extends Pick<LocalCluster, 'brokers' | 'kill'> {
  /** Starts a broker again, and resolves when all its copies are in sync. */
  restart(id: number): Promise<void>;
}

/** Followers that are gone, or back, and members of groups are noticed in time for a test. */
const settings = {
  'replica.lag.time.max.ms': '2000',
  'group.min.session.timeout.ms': '500',
};

/**
 * Describes tests that have a cluster of three brokers, of which they may kill one at a time. It
 * starts before them, and it and its data are gone after them.
 */
export function describeWithCluster(name: string, tests: (cluster: () => Cluster) => void): void {
  if (missing) {
    describe.skip(`${name} (needs ${missing})`, () => tests(() => notStarted(name)));
    return;
  }
  describe(name, () => {
    let dir: string | undefined;
    let started: LocalCluster | undefined;
    let cluster: Cluster | undefined;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'streamify-cluster-'));
      started = await startLocalCluster({ dir, heap: '384m', startTimeout: 120_000, settings });
      cluster = untilInSync(started);
    }, 180_000);
    afterAll(async () => {
      await started?.stop();
      if (dir !== undefined) await rm(dir, { recursive: true, force: true });
    }, 60_000);
    tests(() => cluster ?? notStarted(name));
  });
}

function untilInSync({ brokers, kill, restart }: LocalCluster): Cluster {
  return {
    brokers,
    kill,
    async restart(id) {
      await restart(id);
      await allInSync(brokers);
    },
  };
}

/** Resolves when each partition of each topic has all its copies in sync. */
async function allInSync(brokers: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await vi.waitUntil(
      async () => {
        const { topics } = await admin.fetchTopicMetadata();
        const partitions = topics.flatMap((topic) => topic.partitions);
        return partitions.every(({ isr, replicas }) => isr.length === replicas.length);
      },
      { timeout: 60_000, interval: 100 },
    );
  } finally {
    await admin.disconnect();
  }
}

function notStarted(name: string): never {
  throw new Error(`the cluster of "${name}" can be asked for within tests and hooks only`);
}
