import { join } from 'node:path';
import { StreamifyError } from '@streamify/core';
import { cacheFolder, ensureLocalKafka } from '@streamify/kafka-local';
import { repositoryRoot } from '../repository-root.ts';
import { UsageError } from '../usage-error.ts';
import type { KafkaPlace } from './kafka-place.ts';
import { placeInEnvironment } from './place-in-environment.ts';

/**
 * Finds the cluster that the environment names, or else the local one, which is started where it
 * does not run. It stays when this process ends, as after `npm run kafka -- start`.
 *
 * @param say takes a line about what takes its time.
 * @throws UsageError when it cannot be started: with what is missing, Java perhaps.
 */
export async function findKafka(say: (line: string) => void): Promise<KafkaPlace> {
  const place = placeInEnvironment();
  if (place) {
    say(`broker ${place.brokers.join(', ')}, registry ${place.registryUrl}`);
    return place;
  }
  say('looking for the local broker and registry, and starting what does not run …');
  const local = await startLocal(say);
  say(
    `broker ${local.brokers.join(', ')}, registry ${local.registryUrl}; both stay, until npm run kafka -- stop`,
  );
  return local;
}

/** Starts what does not run of the broker and the registry of `npm run kafka`. */
async function startLocal(say: (line: string) => void): Promise<KafkaPlace> {
  try {
    const { brokers, registryUrl = '' } = await ensureLocalKafka({
      dir: join(repositoryRoot, '.streamify', 'kafka'),
      cache: cacheFolder(repositoryRoot),
      report: say,
    });
    return { brokers, registryUrl };
  } catch (cause) {
    if (!(cause instanceof StreamifyError)) throw cause;
    throw new UsageError(`the local Kafka was not started: ${cause.message}`, { cause });
  }
}
