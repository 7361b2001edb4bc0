import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { type Answer, exchange } from './exchange.ts';
import { limit } from './limit.ts';
import type { CheckedRegistryOptions } from './registry-options.ts';

/** The requests that we make. Each rejects with a `PassingFailure` when there is no whole answer. */
export interface RegistryClient {
  schema(id: number): Promise<Answer>;
  register(subject: string, body: object): Promise<Answer>;
  /** The newest schema of a subject. */
  latest(subject: string): Promise<Answer>;
  /** Of a subject; without one, of the registry. */
  compatibility(
    subject?: string,
    options?: { readonly defaultToGlobal?: boolean },
  ): Promise<Answer>;
  setCompatibility(subject: string, body: object): Promise<Answer>;
}

/** Requests under way at once: a burst of unknown ids is no reason to flood the registry. */
const mostAtOnce = 16;

/** Talks to a registry by Confluent's REST interface. The library is loaded at the first request. */
export function registryClient(options: CheckedRegistryOptions): RegistryClient {
  let loading: ReturnType<typeof load> | undefined;
  const api = () => {
    loading ??= load(options);
    return loading;
  };
  const limited = limit(mostAtOnce);
  return {
    schema: (id) => limited(async () => (await api()).Schema.find({ id })),
    register: (subject, body) =>
      limited(async () => (await api()).Subject.register({ subject, body })),
    latest: (subject) => limited(async () => (await api()).Subject.latestVersion({ subject })),
    compatibility: (subject, options) =>
      limited(async () =>
        subject === undefined
          ? (await api()).Subject.all({ path: '/config' })
          : (await api()).Subject.config({ subject, ...options }),
      ),
    setCompatibility: (subject, body) =>
      limited(async () => (await api()).Subject.updateConfig({ subject, body })),
  };
}

type Middleware = NonNullable<
  ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']
>[number];

/**
 * The library makes the requests, and we send them. Its own way of sending loses what we need to
 * know: it makes a refused connection look like status 400 and drops the registry's error code, so
 * that an unknown id looks like a wrong URL; a cut-off answer leaves it waiting for ever, and an
 * error whose body is `null` ends the process.
 */
async function load({ url, auth, headers, timeout }: CheckedRegistryOptions) {
  const { SchemaRegistry } = await import('@kafkajs/confluent-schema-registry');
  const own = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...headers,
    ...(auth && 'token' in auth ? { authorization: `Bearer ${auth.token}` } : {}),
  };
  const send: Middleware = () => ({
    prepareRequest: async (next) => (await next()).enhance({ headers: own }),
    response: (_next, _renew, request) => {
      const who = request.auth();
      const basic = who && Buffer.from(`${who.username}:${who.password}`).toString('base64');
      const body: unknown = request.body();
      return exchange(timeout, request.url(), {
        method: request.method().toUpperCase(),
        headers: {
          ...(request.headers() as Record<string, string>),
          ...(basic ? { authorization: `Basic ${basic}` } : {}),
        },
        ...(typeof body === 'string' ? { body } : {}),
      }) as never;
    },
  });
  const library = new SchemaRegistry({
    host: url,
    middlewares: [send],
    ...(auth && 'username' in auth ? { auth } : {}),
  });
  return library['api'];
}
