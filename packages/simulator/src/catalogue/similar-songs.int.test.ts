import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, expect, test } from 'vitest';
import { findSimilarSongs } from './similar-songs.ts';
import { generateSongs } from './song-generator.ts';

const songs = generateSongs(3, 1);
const [a, b, c] = songs.map(({ trackId }) => trackId) as [string, string, string];
let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

test('a folder without the file has no similar songs', async () => {
  expect(await findSimilarSongs(folder, songs)).toBeUndefined();
});

test('pairs of known songs are kept, plain or gzipped', async () => {
  const text = `${a},${b}\r\n${a},TRX\nTRX,${a}\n${a},${c}\n\n${b},${a}\n`;
  const expected = new Map([
    [a, [b, c]],
    [b, [a]],
  ]);
  await writeFile(join(folder, 'similar_songs.csv.gz'), gzipSync(text));
  expect(await findSimilarSongs(folder, songs)).toEqual(expected);
  await writeFile(join(folder, 'similar_songs.csv'), text);
  expect(await findSimilarSongs(folder, songs)).toEqual(expected);
});

test('a row that is no pair, and a file that is damaged, are told', async () => {
  await writeFile(join(folder, 'similar_songs.csv'), `${a},${b}\n${a}\n`);
  await expect(findSimilarSongs(folder, songs)).rejects.toThrow(
    `similar_songs.csv, row 2: expected two track ids, found "${a}"`,
  );
  await rm(join(folder, 'similar_songs.csv'));
  await writeFile(join(folder, 'similar_songs.csv.gz'), 'no gzip');
  await expect(findSimilarSongs(folder, songs)).rejects.toThrow(
    'similar_songs.csv.gz: cannot be read: it is no gzip file, or damaged',
  );
});
