import { randomUUID } from 'node:crypto';
import { defineEvent, memoryLog, SchemaError } from '@streamify/core';
import { beforeEach, expect, it } from 'vitest';
import { RegistryUnavailableError } from '../errors.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { confluentRegistry } from './confluent-registry.ts';
import type { ConfluentRegistryOptions } from './registry-options.ts';

const play = {
  type: 'record',
  name: 'Play',
  namespace: 'music',
  doc: 'One song – “ça”.',
  fields: [
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When.' },
    { name: 'listener', type: 'string' },
    { name: 'paid', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['SONG', 'SHOW'] } },
    { name: 'level', type: ['null', 'string'], default: null },
  ],
} as const;
const withField = (field: object) => ({ ...play, fields: [...play.fields, field as never] });
const withTag = withField({ name: 'tag', type: 'string', default: 'none' });
const withoutDefault = withField({ name: 'tag', type: 'string' });
const Play = defineEvent(play, { time: 'at', key: 'listener' });
const Tagged = defineEvent(
  { ...play, fields: [...play.fields, { name: 'tag', type: 'string' }] } as const,
  { time: 'at', key: 'listener' },
);
const value = { at: 0, listener: 'ann', paid: '0.00', kind: 'SONG', level: null } as const;

describeWithKafka('confluentRegistry on a real registry', (kafka) => {
  let topic: string;
  let subject: string;
  beforeEach(() => {
    topic = `registry-${randomUUID()}`;
    subject = `${topic}-value`;
  });
  const registryOf = (options: Partial<ConfluentRegistryOptions> = {}) =>
    confluentRegistry({ url: kafka().registryUrl, ...options });
  const ask = async (path: string) => (await fetch(`${kafka().registryUrl}/${path}`)).json();

  it('gives one schema one id, whoever registers it and under which subject', async () => {
    const id = await registryOf().register(subject, play);
    expect(await registryOf().register(subject, play)).toBe(id);
    expect(await registryOf().register(`other-${subject}`, play)).toBe(id);
    expect(await ask(`subjects/${subject}/versions`)).toEqual([1]);
  });

  it('gives a schema back as it was registered', async () => {
    expect(await registryOf().schema(await registryOf().register(subject, play))).toEqual(play);
  });

  it('takes a new version that reads the old one', async () => {
    const registry = registryOf();
    const ids = [await registry.register(subject, play), await registry.register(subject, withTag)];
    expect(new Set(ids).size).toBe(2);
    expect(await registryOf().schema(ids[0] as number)).toEqual(play);
    expect(await registryOf().schema(ids[1] as number)).toEqual(withTag);
  });

  it('refuses a version that does not, before anything is published', async () => {
    const log = memoryLog({ registry: registryOf() });
    await log.createTopic(topic, { partitions: 1 });
    await log.topic(topic, Play).publish([value]);
    const publishing = log.topic(topic, Tagged).publish([{ ...value, tag: 'x' }]);
    await expect(publishing).rejects.toThrow(SchemaError);
    await expect(publishing).rejects.toThrow(
      `${subject} takes only schemas with compatibility BACKWARD, and this one is not compatible`,
    );
    await expect(publishing).rejects.toThrow('tag');
    expect(await (await log.reader(topic, 0)).bounds()).toEqual({ start: 0, end: 1 });
    expect(await ask(`subjects/${subject}/versions`)).toEqual([1]);
  });

  it('gives a new subject the compatibility that is asked for, and holds to it', async () => {
    const registry = registryOf({ compatibility: 'FULL' });
    await registry.register(subject, play);
    expect(await ask(`config/${subject}`)).toEqual({ compatibilityLevel: 'FULL' });
    await expect(registry.register(subject, withoutDefault)).rejects.toThrow('compatibility FULL');
  });

  it('says so when the registry cannot give a subject what is asked for', async () => {
    const registering = registryOf({ compatibility: 'NONE' }).register(subject, play);
    await expect(registering).rejects.toThrow(
      `the registry cannot give ${subject} compatibility NONE, and BACKWARD is in force`,
    );
  });

  it('leaves the compatibility alone that a subject has', async () => {
    await registryOf({ compatibility: 'FORWARD' }).register(subject, play);
    await expect(registryOf({ compatibility: 'BACKWARD' }).register(subject, play)).rejects.toThrow(
      `${subject} has compatibility FORWARD, not BACKWARD`,
    );
    // New readers need not read old events there, so a field needs no default.
    await registryOf().register(subject, withoutDefault);
  });

  it('shares one history among topics when subjects are named by record', async () => {
    const namespace = `t${randomUUID().replaceAll('-', '')}`;
    const registry = registryOf({ subject: 'record' });
    const id = await registry.register('plays-value', { ...play, namespace });
    expect(await registry.register('replays-value', { ...play, namespace })).toBe(id);
    await expect(
      registry.register('replays-value', { ...withoutDefault, namespace }),
    ).rejects.toThrow(`${namespace}.Play takes only schemas`);
  });

  it('says that no schema has an id', async () => {
    await expect(registryOf().schema(2 ** 31 - 1)).rejects.toThrow(SchemaError);
  });

  it('does not take a wrong path for an unknown id', async () => {
    const registry = registryOf({ url: new URL('/', kafka().registryUrl).href, patience: 1 });
    await expect(registry.schema(1)).rejects.toThrow(RegistryUnavailableError);
  });
});
