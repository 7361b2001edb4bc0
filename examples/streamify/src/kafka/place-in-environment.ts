import { UsageError } from '../usage-error.ts';
import { brokersVariable, type KafkaPlace, registryVariable } from './kafka-place.ts';

/**
 * The cluster that the environment names; `undefined` where it names none.
 *
 * @throws UsageError when it names half of one.
 */
export function placeInEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): KafkaPlace | undefined {
  const [brokers, registryUrl] = [env[brokersVariable], env[registryVariable]];
  if (brokers && registryUrl)
    return { brokers: brokers.split(',').map((broker) => broker.trim()), registryUrl };
  if (!brokers && !registryUrl) return undefined;
  const [set, missing] = brokers
    ? [brokersVariable, registryVariable]
    : [registryVariable, brokersVariable];
  throw new UsageError(
    `${set} is set and ${missing} is not: set both for a cluster of yours, or neither for a local one`,
  );
}
