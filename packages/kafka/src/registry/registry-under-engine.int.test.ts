import {
  defineEvent,
  type EventLog,
  type JobSettings,
  type MemorySink,
  memoryLog,
  memorySink,
  type RetryReport,
  run,
  SchemaError,
} from '@streamify/core';
import { avroEncoder, typedTopic } from '@streamify/core/adapter';
import { map } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegistryUnavailableError } from '../errors.ts';
import { type RegistryServer, registryServer } from '../testing/registry-server.ts';
import { confluentRegistry } from './confluent-registry.ts';

const schema = {
  type: 'record',
  name: 'Play',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
} as const;
const Play = defineEvent(schema, { time: 'at', key: 'id' });
const Tagged = defineEvent(
  { ...schema, fields: [...schema.fields, { name: 'tag', type: 'string', default: '' }] } as const,
  { time: 'at', key: 'id' },
);
const numbers = Array.from({ length: 20 }, (_, i) => i);

let server: RegistryServer;
let log: EventLog;
/** The log with a registry that has nothing cached. */
const freshly = (): EventLog => ({
  ...log,
  registry: confluentRegistry({ url: server.url, patience: 1 }),
});

beforeEach(async () => {
  server = await registryServer();
  log = memoryLog();
  await log.createTopic('plays', { partitions: 1 });
});
afterEach(() => server[Symbol.asyncDispose]());

const land = (into: MemorySink<number>, options: Partial<JobSettings<number>> = {}) =>
  run({
    name: 'landing',
    from: typedTopic(freshly(), 'plays', Play),
    through: (plays$) => plays$.pipe(map(({ value }) => value.id)),
    into,
    atEnd: 'stop',
    epoch: { maxRecords: 6 },
    ...options,
  });

/** Ten events of one version of the schema and ten of the next. */
async function publishTwoVersions(): Promise<void> {
  const values = numbers.map((id) => ({ id, at: id }));
  await typedTopic(freshly(), 'plays', Play).publish(values.slice(0, 10));
  const tagged = values.slice(10).map((value) => ({ ...value, tag: 'x' }));
  await typedTopic(freshly(), 'plays', Tagged).publish(tagged);
}

describe('a job whose log has a confluentRegistry', () => {
  it('sets aside events with an id that the registry does not know, and lands the others', async () => {
    await publishTwoVersions();
    await log.publish('plays', [
      { key: '7', value: avroEncoder(Play, 999).encode({ id: 7, at: 7 }) },
    ]);
    const into = memorySink<number>();
    expect((await land(into)).counts).toEqual({ in: 21, out: 20, dead: 1 });
    expect(into.rows).toEqual(numbers);
    expect(into.dead).toMatchObject([
      {
        position: { offset: 20 },
        reason: expect.stringMatching(
          /^cannot decode Play: unknown schema id 999: no schema has id 999/,
        ),
      },
    ]);
  });

  it('goes on after an outage of the registry with every event, and none twice', async () => {
    await publishTwoVersions();
    const retries: RetryReport[] = [];
    server.react = ({ line }) =>
      line === 'GET /schemas/ids/2' && retries.length < 3 ? { status: 503, text: '' } : undefined;
    const into = memorySink<number>();
    const { counts } = await land(into, {
      onError: { retry: { attempts: Number.POSITIVE_INFINITY, firstDelay: 1 } },
      onRetry: (report) => retries.push(report),
    });
    expect(into.rows).toEqual(numbers);
    expect(counts).toEqual({ in: 20, out: 20 });
    expect(retries.map(({ cause }) => (cause as Error).name)).toEqual(
      Array(3).fill('RegistryUnavailableError'),
    );
  });

  it('fails where it does not retry, and its next run goes on from the last commit', async () => {
    await publishTwoVersions();
    server.react = ({ line }) => (line === 'GET /schemas/ids/2' ? 'cut' : undefined);
    const into = memorySink<number>();
    await expect(land(into)).rejects.toThrow(RegistryUnavailableError);
    expect(into.rows).toEqual(numbers.slice(0, 6));
    await server.goDown();
    await expect(land(into)).rejects.toThrow(RegistryUnavailableError);
    await server.comeBack();
    server.react = () => undefined;
    await land(into);
    expect(into.rows).toEqual(numbers);
    expect(into.dead).toEqual([]);
  });
});

describe('a topic whose log has a confluentRegistry', () => {
  const published = async () => (await (await log.reader('plays', 0)).bounds()).end;

  it('publishes nothing while the registry is down, and all of it afterwards', async () => {
    const topic = typedTopic(freshly(), 'plays', Play);
    await server.goDown();
    await expect(topic.publish([{ id: 1, at: 1 }])).rejects.toThrow(RegistryUnavailableError);
    expect(await published()).toBe(0);
    await server.comeBack();
    await topic.publish([{ id: 1, at: 1 }]);
    expect(await published()).toBe(1);
  });

  it('publishes nothing with a schema that the registry refuses', async () => {
    server.react = ({ line }) =>
      line.startsWith('POST') ? { status: 409, body: { message: 'id has changed' } } : undefined;
    const publishing = typedTopic(freshly(), 'plays', Play).publish([{ id: 1, at: 1 }]);
    await expect(publishing).rejects.toThrow(SchemaError);
    expect(await published()).toBe(0);
  });
});
