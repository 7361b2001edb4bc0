import { launch } from './launch.ts';
import { launchRegistry } from './launch-registry.ts';
import {
  type CheckedOptions,
  checkOptions,
  type LocalKafkaOptions,
} from './local-kafka-options.ts';
import { type LocalKafkaPlace, placeOf } from './local-kafka-place.ts';
import { asRunning, type Placed } from './placed.ts';
import { standardPorts } from './standard-ports.ts';
import { type RunningService, readRunning } from './state-file.ts';
import { stopOrphan } from './stop-orphan.ts';

/** A broker that stays, and a schema registry unless nobody wanted one. */
export interface EnsuredKafka extends LocalKafkaPlace {
  /** Whether all of it ran already, so that nothing was started. */
  readonly wasRunning: boolean;
}

/**
 * Makes sure that a broker and a registry run in a folder, and resolves when they can be used: it
 * starts what does not run yet, or no longer. They stay when this process ends, for the next one to
 * find, until {@link stopLocalKafka}; only one that ends during a start takes with it what it starts.
 *
 * Other than for {@link startLocalKafka} there is a registry by default, and ports that are not given
 * are 9092 and 8081. What runs already keeps the ports it has.
 *
 * @throws OptionError for an option that cannot work.
 * @throws MissingPrerequisiteError without Java 17, or without Maven while jars have to be fetched.
 * @throws PortInUseError when somebody else listens on one of the ports.
 * @throws AlreadyRunningError when another process has started a broker in `dir` meanwhile.
 * @throws LocalKafkaError with the end of its log when one dies or does not come up.
 *
 * @example
 * ```ts
 * import { ensureLocalKafka, stopLocalKafka } from '@streamify/kafka-local';
 *
 * const dir = '.streamify/kafka';
 * const { brokers, registryUrl } = await ensureLocalKafka({ dir, report: console.log });
 * console.log(brokers, registryUrl);
 * await stopLocalKafka({ dir });
 * ```
 */
export async function ensureLocalKafka(options: LocalKafkaOptions): Promise<EnsuredKafka> {
  const checked = checkOptions({
    port: standardPorts.broker,
    registryPort: standardPorts.registry,
    registry: true,
    ...options,
  });
  const { dir } = checked;
  const { broker, registry } = await readRunning(dir);
  if (!broker) return { ...(await startBoth(checked)), wasRunning: false };
  if (registry || !checked.registry) return { ...placeOf(dir, broker, registry), wasRunning: true };
  return { ...placeOf(dir, broker, detached(await launchRegistry(checked))), wasRunning: false };
}

async function startBoth(options: CheckedOptions): Promise<LocalKafkaPlace> {
  await stopOrphan(options);
  const { broker, registry } = await launch(options);
  return placeOf(options.dir, detached(broker), registry && detached(registry));
}

function detached(placed: Placed): RunningService {
  placed.service.detach();
  return asRunning(placed);
}
