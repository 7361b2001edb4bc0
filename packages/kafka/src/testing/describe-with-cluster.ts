import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { newClusterId, startBroker } from '../local/broker.ts';
import { cacheFolder } from '../local/cache-folder.ts';
import { missingPrerequisite } from '../local/index.ts';
import { fetchJars } from '../local/jars.ts';
import { findJava } from '../local/java.ts';
import { freePort } from '../local/ports.ts';
import type { Service } from '../local/service.ts';
import { hasGone, send, stopProcess } from '../local/stop-process.ts';

const missing = await missingPrerequisite();

/** Several brokers, each of which is a controller too: two of three are enough for everything. */
export interface Cluster {
  /** In the order of their ids, which are 1, 2, 3. */
  readonly brokers: readonly string[];
  /** Sends a signal to a broker; one that ends it has ended it when this resolves. */
  kill(id: number, signal: NodeJS.Signals): Promise<void>;
  /** Starts a broker again, and resolves when all its copies are in sync. */
  restart(id: number): Promise<void>;
}

const ids = [1, 2, 3];

/** What comes in place of the settings of a single broker. */
const settingsOfThree = {
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  // Followers that are gone, or back, are noticed in time for a test.
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
    let started: { readonly cluster: Cluster; readonly stop: () => Promise<void> } | undefined;
    beforeAll(async () => {
      started = await startCluster();
    }, 180_000);
    afterAll(() => started?.stop(), 60_000);
    tests(() => started?.cluster ?? notStarted(name));
  });
}

async function startCluster() {
  const dir = await mkdtemp(join(tmpdir(), 'streamify-cluster-'));
  const java = await findJava();
  const jars = await fetchJars('broker', cacheFolder(), () => {});
  const clusterId = newClusterId();
  const places = await Promise.all(
    ids.map(async (id) => ({ id, port: await freePort(), controller: await freePort() })),
  );
  const voters = places.map(({ id, controller }) => `${id}@127.0.0.1:${controller}`).join();
  const services = new Map<number, Service>();
  const start = async (id: number) => {
    const { port, controller } = places[id - 1] as (typeof places)[number];
    const folder = join(dir, String(id));
    await mkdir(folder, { recursive: true });
    const service = await startBroker({
      java,
      jars,
      dir: folder,
      port,
      heap: '384m',
      timeout: 120_000,
      clusterId,
      settings: {
        ...settingsOfThree,
        'node.id': String(id),
        'controller.quorum.voters': voters,
        listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      },
    });
    services.set(id, service);
  };
  const stop = async () => {
    await Promise.all([...services.values()].map((each) => stopProcess(each.process)));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all(ids.map(start));
  } catch (cause) {
    await stop();
    throw cause;
  }
  const processOf = (id: number) => (services.get(id) as Service).process;
  const brokers = places.map(({ port }) => `127.0.0.1:${port}`);
  const cluster: Cluster = {
    brokers,
    async kill(id, signal) {
      await send(processOf(id), signal);
      if (signal === 'SIGKILL') await hasGone(processOf(id));
    },
    async restart(id) {
      await start(id);
      await allInSync(brokers);
    },
  };
  return { cluster, stop };
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
