import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { topics } from './topics.ts';

const folder = new URL('../avsc/', import.meta.url);

describe('the .avsc files, for other languages', () => {
  it.each(Object.values(topics))('hold the schema of $schema.name', async ({ schema }) => {
    const json = `${JSON.stringify(schema, null, 2)}\n`;
    await expect(json).toMatchFileSnapshot(new URL(`${schema.name}.avsc`, folder).pathname);
  });

  it('are those of the event types and no others', async () => {
    const names = Object.values(topics).map(({ schema }) => `${schema.name}.avsc`);
    expect((await readdir(folder)).sort()).toEqual(names.sort());
  });
});
