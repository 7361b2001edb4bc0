import { BrokerUnavailableError, RegistryUnavailableError } from '@streamify/kafka';

/** Milliseconds until an outage is told of again. */
const every = 30_000;

/** Milliseconds for which a live run waits for an answer before it tells of an outage. */
export const livePatience = 5_000;

/** Takes an error; `true` when it is that of an outage, which is told of then. */
export type TellOutage = (cause: unknown) => boolean;

/**
 * Tells that brokers or the registry are away: a line now and then, however many partitions wait
 * for them.
 *
 * @param now a clock in milliseconds.
 */
export function outageLines(say: (line: string) => void, now: () => number): TellOutage {
  const told = new Map<string, number>();
  return (cause) => {
    const place = placeOf(cause);
    if (place === undefined) return false;
    if (now() - (told.get(place) ?? Number.NEGATIVE_INFINITY) >= every) {
      told.set(place, now());
      say(`waiting for ${place}, and going on by itself then: ${(cause as Error).message}`);
    }
    return true;
  };
}

function placeOf(cause: unknown): string | undefined {
  if (cause instanceof BrokerUnavailableError) return cause.brokers.join(', ');
  if (cause instanceof RegistryUnavailableError) return cause.url;
  return undefined;
}
