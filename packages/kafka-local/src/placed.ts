import type { Service } from './process/service.ts';
import { type RunningService, writeRunning } from './state-file.ts';

/** A service that this process started, and where it listens. */
export interface Placed {
  readonly port: number;
  readonly service: Service;
}

/** A service as it is noted down for others. */
export function asRunning({ port, service }: Placed): RunningService {
  return { ...service.process, port };
}

/** Notes down what runs in a folder, for whoever stops it later. */
export async function note(
  dir: string,
  broker: Placed,
  registry: Placed | undefined,
): Promise<void> {
  await writeRunning(dir, {
    broker: asRunning(broker),
    ...(registry && { registry: asRunning(registry) }),
  });
}
