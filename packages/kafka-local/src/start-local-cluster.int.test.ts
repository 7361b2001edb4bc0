import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError } from '@streamify/core';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { missingPrerequisite } from './prerequisites/missing-prerequisite.ts';
import { type LocalCluster, startLocalCluster } from './start-local-cluster.ts';

const missing = await missingPrerequisite();
const timeout = 180_000;

let dir: string;
let cluster: LocalCluster | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-cluster-'));
});
afterEach(async () => {
  await cluster?.stop();
  await rm(dir, { recursive: true, force: true });
}, timeout);

/** What brokers answer. */
async function asked<T>(
  brokers: readonly string[],
  question: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}

const topicOf = (topic: string, replicationFactor?: number) => ({
  waitForLeaders: true,
  topics: [{ topic, numPartitions: 1, ...(replicationFactor && { replicationFactor }) }],
});

/** Resolves when those that are asked name each other, and nobody else. */
const untilThese = (brokers: readonly string[]) =>
  vi.waitFor(
    async () => {
      const { brokers: found } = await asked(brokers, (admin) => admin.describeCluster());
      expect(found.map(({ port }) => `127.0.0.1:${port}`).toSorted()).toEqual(brokers.toSorted());
    },
    { timeout: 60_000, interval: 100 },
  );

describe.skipIf(missing !== undefined)(
  `a local cluster${missing ? ` (needs ${missing})` : ''}`,
  { timeout },
  () => {
    it('keeps three copies, goes on without one broker, and takes it back on its port', async () => {
      cluster = await startLocalCluster({ dir, heap: '384m', startTimeout: 120_000 });
      const { brokers } = cluster;
      await untilThese(brokers);

      await cluster.kill(3);
      await untilThese(brokers.slice(0, 2));
      await asked(brokers.slice(0, 2), (admin) => admin.createTopics(topicOf('by-two', 2)));

      await cluster.restart(3);
      await untilThese(brokers);
      const { topics } = await asked(brokers, async (admin) => {
        await admin.createTopics(topicOf('by-three'));
        return admin.fetchTopicMetadata({ topics: ['by-two', 'by-three'] });
      });
      const copies = topics.map(({ name, partitions }) => [name, partitions[0]?.replicas.length]);
      expect(Object.fromEntries(copies)).toEqual({ 'by-two': 2, 'by-three': 3 });
      await expect(cluster.kill(4)).rejects.toThrow('there is no broker 4: their ids are 1 to 3');
    });
  },
);

it.each([0, 1.5, Number.NaN])('a cluster of %d brokers is refused', async (size) => {
  await expect(startLocalCluster({ dir, size })).rejects.toThrow(OptionError);
});
