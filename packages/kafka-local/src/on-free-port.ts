import { LocalKafkaError } from './errors.ts';
import type { Placed } from './placed.ts';
import { freePort } from './ports.ts';
import type { Service } from './process/service.ts';

/** A free port is only found, not kept: somebody else may take it before the service does. */
const attempts = 3;

/** Starts a service on the port that was given, or on a free one, and again where that was taken meanwhile. */
export async function onFreePort(
  given: number | undefined,
  start: (port: number) => Promise<Service>,
): Promise<Placed> {
  for (let attempt = 1; ; attempt++) {
    const port = given ?? (await freePort());
    try {
      return { port, service: await start(port) };
    } catch (error) {
      const isTaken =
        error instanceof LocalKafkaError && /already in use|already bound/i.test(error.message);
      if (!isTaken || attempt === attempts) throw error;
    }
  }
}
