import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogCorruptedError, SchemaError } from '../contract/errors.ts';
import { fileRegistry } from './file-registry.ts';

const schemaOf = (name: string) =>
  ({ type: 'record', name, fields: [{ name: 'at', type: 'long' }] }) as const;

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'streamify-registry-')), 'schemas');
});
afterEach(() => rm(join(dir, '..'), { recursive: true }));

describe('fileRegistry', () => {
  it('gives the same schema the same id, and finds it again in another process', async () => {
    const registry = fileRegistry({ dir });
    const id = await registry.register('a-value', schemaOf('A'));
    expect(await registry.register('a-value', { ...schemaOf('A'), doc: 'An A.' })).toBe(id);
    const other = fileRegistry({ dir });
    expect(await other.register('b-value', schemaOf('A'))).toBe(id);
    expect(await other.schema(id)).toEqual(schemaOf('A'));
  });

  it('gives each schema one id of its own when many register at once', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const given = await Promise.all(
      names.flatMap((name) =>
        names.map(async () => {
          const id = await fileRegistry({ dir }).register(`${name}-value`, schemaOf(name));
          return `${name} ${id}`;
        }),
      ),
    );
    expect(new Set(given).size).toBe(5);
    expect(new Set(given.map((each) => each.split(' ')[1])).size).toBe(5);
    const files = ['1', '2', '3', '4', '5'].map((n) => `${n}.avsc`);
    expect((await readdir(dir)).sort()).toEqual([...files, 'subjects']);
  });

  it('refuses a schema that cannot read what its subject holds, in any process', async () => {
    const [at] = schemaOf('A').fields;
    const needs = (...names: string[]) => ({
      ...schemaOf('A'),
      fields: [at, ...names.map((name) => ({ name, type: 'string' }))],
    });
    const given = await Promise.allSettled(
      ['b', 'c', 'd', 'e'].map((name) => fileRegistry({ dir }).register('a-value', needs(name))),
    );
    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of given)
      if (each.status === 'rejected')
        expect(String(each.reason)).toMatch(
          /SchemaError: schema A cannot read what version 1 of a-value has written: field . is new, and has no default: give it a default; or publish to a new topic/,
        );
    expect(await fileRegistry({ dir }).register('a/.-value', needs('b', 'c'))).toBeGreaterThan(1);
    expect(await fileRegistry({ dir }).newest('a/.-value', needs())).toEqual(needs('b', 'c'));
    expect(await fileRegistry({ dir }).newest('b-value', needs())).toBeUndefined();
  });

  it('names the file of an id that no schema has, or that is damaged', async () => {
    const registry = fileRegistry({ dir });
    await registry.register('a-value', schemaOf('A'));
    await expect(registry.schema(2)).rejects.toThrow(
      new SchemaError(`no schema has id 2: there is no ${join(dir, '2.avsc')}`),
    );
    await writeFile(join(dir, '1.avsc'), '{"type":');
    await expect(fileRegistry({ dir }).schema(1)).rejects.toThrow(LogCorruptedError);
  });
});
