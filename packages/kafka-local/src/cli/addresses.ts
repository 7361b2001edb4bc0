import { registryUrlOf } from '../registry.ts';
import type { RunningServices } from '../state-file.ts';

/** The lines that tell where the services are, and how the other commands get to know it. */
export function addresses({ broker, registry }: RunningServices): string {
  const brokers = broker && `127.0.0.1:${broker.port}`;
  const url = registry && registryUrlOf(registry.port);
  return [
    broker && `broker    ${brokers} (process ${broker.pid})`,
    registry && `registry  ${url} (process ${registry.pid})`,
    '',
    brokers && `export STREAMIFY_KAFKA_BROKERS=${brokers}`,
    url && `export STREAMIFY_SCHEMA_REGISTRY_URL=${url}`,
  ]
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}
