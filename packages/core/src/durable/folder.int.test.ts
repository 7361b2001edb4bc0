import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Folder } from './folder.ts';
import { memoryFolder } from './memory-folder.ts';
import { nodeFolder } from './node-folder.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-folder-'));
});
afterAll(() => rm(dir, { recursive: true }));

const kinds: [string, () => Folder][] = [
  ['on a disk', () => nodeFolder(join(dir, 'new', 'root'))],
  ['in memory', () => memoryFolder()],
];

describe.each(kinds)('a folder %s', (_, open) => {
  it('keeps files by path, and lists the names in a folder', async () => {
    const folder = open();
    expect(await folder.list('')).toEqual([]);
    await folder.write('a/b/one.bin', Uint8Array.of(1, 2));
    await folder.write('a/two', Buffer.from('2'));
    expect(await folder.read('a/b/one.bin')).toEqual(Buffer.from([1, 2]));
    expect(await folder.read('a/none')).toBeUndefined();
    expect([...(await folder.list('a'))].sort()).toEqual(['b', 'two']);
    expect(await folder.list('none')).toEqual([]);
    expect(await folder.list('a/two')).toEqual([]);
    expect(await folder.sub('a').sub('b').list('')).toEqual(['one.bin']);
    expect(await folder.sub('a/b').read('one.bin')).toEqual(Buffer.from([1, 2]));
  });

  it('creates a file once, and gives its first content', async () => {
    const folder = open().sub('create');
    const created = await Promise.all(['x', 'y', 'z'].map((text) => folder.create('turn', text)));
    expect(created.filter((each) => each)).toHaveLength(1);
    expect(String(await folder.read('turn'))).toBe(['x', 'y', 'z'][created.indexOf(true)]);
    expect(await folder.list('')).toEqual(['turn']);
  });

  it('moves what is there, and leaves alone what is not', async () => {
    const folder = open().sub('move');
    await folder.write('from/here', Buffer.from('1'));
    await folder.write('to/there', Buffer.from('old'));
    await folder.move('from/here', 'to/there');
    await folder.move('from/here', 'to/there');
    expect(String(await folder.read('to/there'))).toBe('1');
    expect(await folder.list('from')).toEqual([]);
    await folder.remove('to/there');
    await folder.remove('to/there');
    expect(await folder.read('to/there')).toBeUndefined();
  });
});
