import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionError } from '@streamify/core';
import { allOrNone } from './all-or-none.ts';
import { newClusterId, startBroker } from './broker.ts';
import { type ClusterPlace, clusterSettings } from './cluster-settings.ts';
import { checkOptions, type LocalKafkaOptions } from './local-kafka-options.ts';
import { freePort } from './ports.ts';
import { fetchJars } from './prerequisites/jars.ts';
import { findJava } from './prerequisites/java.ts';
import { killWith } from './process/kill-with.ts';
import type { Service } from './process/service.ts';
import { stopProcess } from './process/stop-process.ts';

/** How a cluster of local brokers is started: `heap` and `settings` are those of each broker. */
export interface LocalClusterOptions
  extends Pick<
    LocalKafkaOptions,
    'dir' | 'heap' | 'settings' | 'cache' | 'startTimeout' | 'report'
  > {
  /** How many brokers it has; default 3. */
  readonly size?: number;
}

/** Several brokers of one cluster on this machine, each of which is a controller too. */
export interface LocalCluster {
  /** What clients connect to, as `host:port`, in the order of the brokers' ids, which begin with 1. */
  readonly brokers: readonly string[];
  /** The folder with a folder of data and logs for each broker. */
  readonly dir: string;
  /** Ends all brokers cleanly and resolves when they have gone; may be called again. The data stay. */
  stop(): Promise<void>;
  /** Sends a signal to a broker, as a fault would. Resolves when it has gone, where the signal ends it. */
  kill(id: number, signal?: NodeJS.Signals): Promise<void>;
  /**
   * Starts a broker once more on its port and its data, ending it first where it runs. Resolves when
   * it can be used: what it has missed it may still be catching up with.
   */
  restart(id: number): Promise<void>;
}

/**
 * Starts several brokers of a new cluster on the loopback interface and resolves when all can be
 * used. Of three, one may be gone at a time. They listen on free ports, and end with this process.
 *
 * @throws OptionError for an option that cannot work.
 * @throws MissingPrerequisiteError without Java 17, or without Maven while jars have to be fetched.
 * @throws LocalKafkaError with the end of its log when a broker dies or does not come up.
 *
 * @example
 * ```ts
 * import { startLocalCluster } from '@streamify/kafka-local';
 *
 * const cluster = await startLocalCluster({ dir: '.streamify/cluster', heap: '384m' });
 * await cluster.kill(1);
 * await cluster.restart(1);
 * await cluster.stop();
 * ```
 */
export async function startLocalCluster({
  size = 3,
  ...options
}: LocalClusterOptions): Promise<LocalCluster> {
  const { dir, cache, report, heap, settings, startTimeout: timeout } = checkOptions(options);
  if (!(Number.isInteger(size) && size >= 1))
    throw new OptionError(`size is ${size}: a cluster has 1 broker or more`);
  const [java, jars] = [await findJava(), await fetchJars('broker', cache, report)];
  const [clusterId, places] = [newClusterId(), await choosePlaces(size)];

  const start = async (place: ClusterPlace): Promise<Service> => {
    const folder = join(dir, `${place.id}`);
    await mkdir(folder, { recursive: true });
    const own = { dir: folder, settings: { ...clusterSettings(place, places), ...settings } };
    return startBroker({ java, jars, port: place.port, heap, timeout, clusterId, ...own });
  };
  const members = await allOrNone(
    places.map(async (place): Promise<Member> => ({ ...place, service: await start(place) })),
  );
  const memberOf = (id: number): Member => {
    const member = members[id - 1];
    if (member) return member;
    throw new OptionError(`there is no broker ${id}: their ids are 1 to ${size}`);
  };
  return {
    brokers: places.map(({ port }) => `127.0.0.1:${port}`),
    dir,
    async stop() {
      await Promise.all(members.map(({ service }) => stopProcess(service.process)));
    },
    async kill(id, signal = 'SIGKILL') {
      await killWith(memberOf(id).service.process, signal);
    },
    async restart(id) {
      const member = memberOf(id);
      await stopProcess(member.service.process);
      member.service = await start(member);
    },
  };
}

/** A broker of the cluster, and its process of now. */
interface Member extends ClusterPlace {
  service: Service;
}

const choosePlaces = (size: number): Promise<readonly ClusterPlace[]> =>
  Promise.all(
    Array.from({ length: size }, async (_, index) => ({
      id: index + 1,
      port: await freePort(),
      controllerPort: await freePort(),
    })),
  );
