import { registryUrlOf } from './registry.ts';
import type { RunningService } from './state-file.ts';

/** Where a local broker is, and the registry where there is one. */
export interface LocalKafkaPlace {
  /** What clients connect to, as `host:port`. */
  readonly brokers: string[];
  /** Where the registry speaks Confluent's protocol; `undefined` when none was asked for. */
  readonly registryUrl: string | undefined;
  /** The folder of its data and logs. */
  readonly dir: string;
  /** The processes that run now, or ran last. */
  readonly pids: { readonly broker: number; readonly registry: number | undefined };
}

/** Tells where services are that run in a folder. */
export function placeOf(
  dir: string,
  broker: RunningService,
  registry: RunningService | undefined,
): LocalKafkaPlace {
  return {
    brokers: [`127.0.0.1:${broker.port}`],
    registryUrl: registry && registryUrlOf(registry.port),
    dir,
    pids: { broker: broker.pid, registry: registry?.pid },
  };
}
