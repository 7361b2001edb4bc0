import { describe, expect, it } from 'vitest';
import { SchemaError } from '../contract/errors.ts';
import { memoryRegistry } from './memory-registry.ts';

const schema = { type: 'record', name: 'A', fields: [{ name: 'at', type: 'long' }] } as const;

describe('memoryRegistry', () => {
  it('gives the same schema the same id, whatever its subject, documentation and order of keys', async () => {
    const registry = memoryRegistry();
    const id = await registry.register('a-value', schema);
    const same = { fields: [{ type: 'long', name: 'at', doc: 'When.' }], name: 'A', doc: 'An A.' };
    expect(await registry.register('b-value', { ...same, type: 'record' })).toBe(id);
  });

  it('gives another schema another id', async () => {
    const registry = memoryRegistry();
    const ids = [
      await registry.register('a-value', schema),
      await registry.register('b-value', { ...schema, name: 'B' }),
      await registry.register('a-value', {
        ...schema,
        fields: [{ name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } }],
      }),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('refuses a schema that cannot read what its subject holds, and takes earlier ones again', async () => {
    const registry = memoryRegistry();
    const city = { name: 'city', type: ['null', 'string'] };
    const first = await registry.register('a-value', schema);
    const wrong = { ...schema, fields: [...schema.fields, city] };
    await expect(registry.register('a-value', wrong)).rejects.toThrow(
      new SchemaError(
        'schema A cannot read what version 1 of a-value has written: field city is new, and has no default: give it default: null; or publish to a new topic',
      ),
    );
    const right = { ...schema, fields: [...schema.fields, { ...city, default: null }] };
    expect(await registry.register('a-value', right)).toBe(2);
    expect(await registry.register('a-value', schema)).toBe(first);
    expect(await registry.newest('a-value', schema)).toEqual(right);
    expect(await registry.newest('b-value', schema)).toBeUndefined();
    expect(await registry.register('b-value', wrong)).toBe(3);
  });

  it('finds a schema by its id, whatever becomes of the object that was registered', async () => {
    const registry = memoryRegistry();
    const mutable = structuredClone(schema) as { name: string } & typeof schema;
    const id = await registry.register('a-value', mutable);
    mutable.name = 'B' as never;
    expect(await registry.schema(id)).toEqual(schema);
  });

  it('refuses an id that no schema has', async () => {
    await expect(memoryRegistry().schema(7)).rejects.toThrow(
      new SchemaError('no schema has id 7; this registry holds 0'),
    );
  });
});
