import { OptionError, SchemaError } from '@streamify/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkaAccessError, RegistryUnavailableError } from '../errors.ts';
import { type Reaction, type RegistryServer, registryServer } from '../testing/registry-server.ts';
import { confluentRegistry } from './confluent-registry.ts';
import type { ConfluentRegistryOptions } from './registry-options.ts';

const play = {
  type: 'record',
  name: 'Play',
  namespace: 'music',
  doc: 'One song.',
  fields: [
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
} as const;

let server: RegistryServer;
beforeEach(async () => {
  server = await registryServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const registryOf = (options: Partial<ConfluentRegistryOptions> = {}) =>
  confluentRegistry({ url: server.url, patience: 60_000, ...options });
const lines = () => server.requests.map(({ line }) => line);
/** Reacts as given once for each, then as the registry does. */
const reactOnce = (...reactions: Reaction[]) => {
  server.react = () => reactions.shift();
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

describe('confluentRegistry', () => {
  it('gives back a schema as it was registered, with logical types, defaults and docs', async () => {
    const id = await registryOf().register('plays-value', play);
    expect(await registryOf().schema(id)).toEqual(play);
  });

  it('registers a schema once under a subject, whoever asks and how often', async () => {
    const registry = registryOf();
    const asked = [1, 2, 3].map(() => registry.register('plays-value', play));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    await registry.register('plays-value', play);
    expect(lines()).toEqual([
      'GET /config/plays-value?defaultToGlobal=true',
      'GET /config/plays-value',
      'PUT /config/plays-value',
      'POST /subjects/plays-value/versions',
    ]);
  });

  it('fetches a schema once, also for those who ask at the same time', async () => {
    const id = await registryOf().register('plays-value', play);
    const before = server.requests.length;
    const registry = registryOf();
    await Promise.all([registry.schema(id), registry.schema(id)]);
    await registry.schema(id);
    expect(server.requests.length - before).toBe(1);
  });

  it.each([
    ['topic', 'plays-value'],
    ['record', 'music.Play'],
    ['topic-record', 'plays-music.Play'],
  ] as const)('names the subject by %s: %s', async (subject, name) => {
    await registryOf({ subject }).register('plays-value', play);
    expect(lines().at(-1)).toBe(`POST /subjects/${name}/versions`);
  });

  it('keeps a name with slashes and spaces in one piece of the path', async () => {
    await registryOf().register('a/b c-value', play);
    expect(lines().at(-1)).toBe('POST /subjects/a%2Fb%20c-value/versions');
  });

  it('says that no schema has an id, and asks again the next time', async () => {
    const registry = registryOf();
    await expect(registry.schema(1)).rejects.toThrow(SchemaError);
    await registry.register('plays-value', play);
    expect(await registry.schema(1)).toEqual(play);
  });

  it('floods the registry with no more than 16 requests at once', async () => {
    server.react = () => 'hang';
    const registry = registryOf({ timeout: 300, patience: 1 });
    const all = Promise.allSettled(Array.from({ length: 40 }, (_, id) => registry.schema(id)));
    await expect.poll(() => server.requests.length).toBe(16);
    server.react = () => undefined;
    expect((await all).map(({ status }) => status)).not.toContain('fulfilled');
    expect(server.requests.length).toBe(40);
  });
});

describe('the compatibility of a subject', () => {
  const level = async (subject: string) => {
    const response = await fetch(`${server.url}/config/${subject}`);
    return ((await response.json()) as { compatibilityLevel?: string }).compatibilityLevel;
  };
  const choose = (subject: string, compatibility: string) =>
    fetch(`${server.url}/config/${subject}`, {
      method: 'PUT',
      body: JSON.stringify({ compatibility }),
    });

  it('is BACKWARD where nobody chose one', async () => {
    await registryOf().register('plays-value', play);
    expect(await level('plays-value')).toBe('BACKWARD');
  });

  it('is the one asked for', async () => {
    await registryOf({ compatibility: 'FULL' }).register('plays-value', play);
    expect(await level('plays-value')).toBe('FULL');
  });

  it('stays the one that it has, NONE too, when none is asked for', async () => {
    await choose('plays-value', 'NONE');
    await registryOf().register('plays-value', play);
    expect(await level('plays-value')).toBe('NONE');
  });

  it('stays that of the registry, when that is one', async () => {
    server.react = ({ line }) =>
      line.endsWith('?defaultToGlobal=true')
        ? { status: 200, body: { compatibilityLevel: 'FORWARD' } }
        : undefined;
    await registryOf().register('plays-value', play);
    expect(await level('plays-value')).toBeUndefined();
  });

  it('is not changed behind the back of those who chose it', async () => {
    await choose('plays-value', 'FULL');
    const registering = registryOf({ compatibility: 'BACKWARD' }).register('plays-value', play);
    await expect(registering).rejects.toThrow(
      'plays-value has compatibility FULL, not BACKWARD: leave the option compatibility out to accept that, or change it in the registry',
    );
    expect(lines()).not.toContain('POST /subjects/plays-value/versions');
  });

  it('refuses a schema with what the registry says, and what to do', async () => {
    server.react = ({ line }) =>
      line.startsWith('POST')
        ? { status: 409, body: { error_code: 409, message: 'field x has no default' } }
        : undefined;
    const error = await failure(registryOf().register('plays-value', play));
    expect(error).toBeInstanceOf(SchemaError);
    expect(error?.message).toBe(
      'plays-value takes only schemas with compatibility BACKWARD, and this one is not compatible with what it holds (status 409: field x has no default). Give new fields a default and keep the others as they are, or publish to a new topic',
    );
  });

  it('names the field of a schema that is not compatible, and what to do', async () => {
    server.react = ({ line }) => {
      if (line.startsWith('POST')) return { status: 409, body: { error_code: 409, message: 'no' } };
      if (!line.endsWith('/versions/latest')) return undefined;
      const schema = JSON.stringify({ ...play, fields: play.fields.slice(1) });
      return { status: 200, body: { subject: 'plays-value', id: 1, version: 1, schema } };
    };
    const [field] = play.fields;
    await expect(registryOf().register('plays-value', play)).rejects.toThrow(
      `plays-value takes only schemas with compatibility BACKWARD, and this one is not compatible with what it holds: field ${field.name} is new, and has no default: give it a default; or publish to a new topic`,
    );
  });

  it('tells the newest schema of the subject that a schema belongs to', async () => {
    const registry = registryOf({ subject: 'record' });
    expect(await registry.newest('plays-value', play)).toBeUndefined();
    await registry.register('plays-value', play);
    expect(await registry.newest('plays-value', play)).toEqual(play);
  });

  it('passes on what a registry has against a schema', async () => {
    server.react = ({ line }) =>
      line.startsWith('POST')
        ? { status: 422, body: { error_code: 42201, message: 'Invalid schema' } }
        : undefined;
    await expect(registryOf().register('plays-value', play)).rejects.toThrow(
      'the schema registry does not take this schema under plays-value (status 422: Invalid schema)',
    );
  });
});

describe('a registry in trouble', () => {
  beforeEach(() => registryOf().register('plays-value', play));

  it('is waited for while it is down', async () => {
    await server.goDown();
    const registry = registryOf();
    const fetched = registry.schema(1);
    const registered = registry.register('plays-value', play);
    await server.comeBack();
    expect(await fetched).toEqual(play);
    expect(await registered).toBe(1);
  });

  it.each<[string, Reaction]>([
    ['answers 500', { status: 500, body: { error_code: 50001, message: 'no storage' } }],
    ['answers 500 with null', { status: 500, text: 'null' }],
    ['answers 503 with nothing', { status: 503, text: '' }],
    ['answers 429', { status: 429, text: 'slow down' }],
    ['answers 404 from a proxy', { status: 404, text: 'default backend - 404' }],
    ['answers a page', { status: 200, text: '<html>starting</html>' }],
    ['answers an empty object', { status: 200, body: {} }],
    ['answers half of it', 'cut'],
    ['does not answer', 'hang'],
  ])('is asked again when it %s', async (_name, reaction) => {
    reactOnce(reaction);
    const registry = registryOf({ timeout: 200 });
    expect(await registry.schema(1)).toEqual(play);
    reactOnce(reaction, reaction);
    expect(await registryOf({ timeout: 200 }).register('plays-value', play)).toBe(1);
  });

  it.each<[Reaction, string]>([
    [{ status: 500, body: { message: 'no storage' } }, 'it answered status 500: no storage.'],
    [{ status: 404, text: '<p>\nnobody\n</p>' }, 'it answered status 404: <p> nobody </p>.'],
    [{ status: 200, text: 'hello' }, 'it answered something that is no JSON.'],
    [{ status: 200, body: { id: 'x' } }, 'it answered no schema.'],
    ['hang', 'no answer within 20 ms.'],
    ['cut', 'other side closed.'],
  ])('is named with what it did last, when the patience is over: %j', async (reaction, reason) => {
    server.react = () => reaction;
    const registry = registryOf({ timeout: 20, patience: 150 });
    const error = await failure(registry.schema(1));
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    expect(error).toMatchObject({ code: 'STREAMIFY_KAFKA_REGISTRY_UNAVAILABLE', url: server.url });
    expect(error?.message).toMatch(
      `cannot read schema 1: tried the schema registry at ${server.url} for `,
    );
    expect(error?.message).toContain(`tries): ${reason} Is it running there`);
    server.react = () => undefined;
    expect(await registry.schema(1)).toEqual(play);
  });

  it('is named with the reason, when no one listens there', async () => {
    await server.goDown();
    const error = await failure(registryOf({ patience: 150 }).schema(1));
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    expect(error?.message).toContain('ECONNREFUSED');
    await server.comeBack();
  });

  it('is not a registry, when its 404 is for the path: no event becomes a dead letter by that', async () => {
    const error = await failure(registryOf({ url: `${server.url}/v1`, patience: 1 }).schema(1));
    expect(error).toBeInstanceOf(RegistryUnavailableError);
  });
});

describe('credentials', () => {
  const secret = 'p4ss:wörd';
  const needing = (authorization: string) => {
    server.react = (request) =>
      request.authorization === authorization
        ? undefined
        : { status: 401, body: { message: `who is ${request.authorization}?` } };
  };

  it('are sent as a user and a password', async () => {
    needing(`Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`);
    const registry = registryOf({ auth: { username: 'ann', password: secret } });
    expect(await registry.register('plays-value', play)).toBe(1);
  });

  it('are sent as a token', async () => {
    needing('Bearer t0k');
    expect(await registryOf({ auth: { token: 't0k' } }).register('plays-value', play)).toBe(1);
  });

  it.each<[string, NonNullable<ConfluentRegistryOptions['auth']>]>([
    ['a password', { username: 'ann', password: secret }],
    ['a token', { token: 't0k3n' }],
  ])('with %s that is wrong fail at once and are not repeated', async (_name, auth) => {
    needing('Bearer another');
    const error = await failure(registryOf({ auth }).schema(1));
    expect(error).toBeInstanceOf(KafkaAccessError);
    expect(error?.message).toContain(`cannot read schema 1: the schema registry at ${server.url}`);
    expect(error?.message).toContain('***');
    const sent = server.requests.map(({ authorization = '' }) => authorization.split(' ')[1] ?? '');
    for (const text of [secret, 't0k3n', ...sent]) expect(error?.message).not.toContain(text);
    expect(server.requests).toHaveLength(1);
  });

  it('that may read but not register say so', async () => {
    server.react = ({ line }) =>
      line.startsWith('POST') ? { status: 403, body: { message: 'read only' } } : undefined;
    const error = await failure(registryOf().register('plays-value', play));
    expect(error).toBeInstanceOf(KafkaAccessError);
    expect(error?.message).toContain('register a schema under plays-value');
  });
});

describe('what cannot be read', () => {
  const answering = (body: object) => {
    server.react = () => ({ status: 200, body });
    return registryOf().schema(7);
  };

  it('is a schema of another kind', async () => {
    await expect(answering({ schema: 'syntax', schemaType: 'PROTOBUF' })).rejects.toThrow(
      new SchemaError('schema 7 is PROTOBUF; only Avro can be read'),
    );
  });

  it('is a schema that refers to others', async () => {
    const references = [{ name: 'music.Song', subject: 'songs-value', version: 1 }];
    await expect(answering({ schema: '{}', references })).rejects.toThrow(
      'schema 7 refers to other schemas (music.Song), which is not supported',
    );
  });

  it('is a schema that is damaged', async () => {
    await expect(answering({ schema: '{' })).rejects.toThrow('schema 7 is not JSON');
  });
});

it('fails at construction when an option cannot work', () => {
  expect(() => confluentRegistry({ url: 'nowhere' })).toThrow(OptionError);
});
