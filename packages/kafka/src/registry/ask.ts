import { KafkaAccessError, RegistryUnavailableError } from '../errors.ts';
import { saying } from './answer.ts';
import type { Answer } from './exchange.ts';
import { type RegistryClient, registryClient } from './registry-client.ts';
import type { CheckedRegistryOptions } from './registry-options.ts';
import { secretFree } from './secret-free.ts';
import { withPatience } from './with-patience.ts';

/**
 * Makes one request, again and again while the registry is away.
 *
 * @param what what is being done, for the message of an error.
 * @param read takes what is wanted from the answer; throws `PassingFailure` for one not to build on.
 * @throws RegistryUnavailableError when the patience is over.
 * @throws KafkaAccessError when the registry refuses it.
 */
export type Ask = <T>(
  what: string,
  request: (registry: RegistryClient) => Promise<Answer>,
  read: (answer: Answer) => T,
) => Promise<T>;

/** Makes {@link Ask} for one registry. */
export function asking(options: CheckedRegistryOptions): Ask {
  const { url, patience } = options;
  const client = registryClient(options);
  // A registry or a proxy may give back in its answer what we sent.
  const clean = secretFree(options);

  return (what, request, read) =>
    withPatience(
      patience,
      async () => {
        const { status, text } = await request(client);
        const answer = { status, text: status === 200 ? text : clean(text) };
        if (status === 401 || status === 403)
          throw new KafkaAccessError(
            `cannot ${what}: the schema registry at ${url} refuses it with ${saying(answer)}. Check auth, and what it is allowed`,
          );
        return read(answer);
      },
      ({ tries, elapsed, last }) =>
        new RegistryUnavailableError(
          `cannot ${what}: tried the schema registry at ${url} for ${Math.round(elapsed / 100) / 10} s (${tries} tries): ${last.message}. Is it running there, and is it the right address?`,
          url,
          { cause: last.cause },
        ),
    );
}
