import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, describe, expect, test } from 'vitest';
import { DataFileError } from '../errors.ts';
import { simulateBatches } from '../simulate.ts';
import { loadCatalogue } from './load-catalogue.ts';

let folder = '';
const write = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);

beforeEach(async () => {
  folder = await temporaryFolder();
  await write(
    'listen_counts.txt',
    'TR1\tBeyoncé\tHello\t200.5\t10\nTR2\tAda\t"The \\"Best\\""\t99\t3\n',
  );
  await write('yob1990.txt', 'Ada,F,20\r\nBo,M,10\r\n');
  await write('Top1000Surnames.csv', "name,rank,count\rSMITH,1,900\rO'NEIL,2,80");
  await write('user-agents.tsv', 'weight\tuserAgent\n7\t"Mozilla/5.0 (X11)"\n');
  await write(
    'locations.tsv',
    'zip\tcity\tstate\tlat\tlon\tpopulation2010\n01001\tAgawam\tMA\t42.06\t-72.62\t16769\n',
  );
});

describe('loadCatalogue', () => {
  test('reads the files of a folder, and their names as people write them', async () => {
    const { songs, firstNames, lastNames, places, userAgents } = await loadCatalogue(folder);
    expect(songs).toMatchObject([
      { trackId: 'TR1', artist: 'Beyoncé', title: 'Hello', duration: 200.5, weight: 10 },
      { trackId: 'TR2', artist: 'Ada', title: 'The "Best"', duration: 99, weight: 3 },
    ]);
    expect(firstNames).toEqual([
      { name: 'Ada', gender: 'F', weight: 20 },
      { name: 'Bo', gender: 'M', weight: 10 },
    ]);
    expect(lastNames.map(({ name }) => name)).toEqual(['Smith', "O'neil"]);
    expect(places).toEqual([
      { zip: '01001', city: 'Agawam', state: 'MA', lat: 42.06, lon: -72.62, weight: 16_769 },
    ]);
    expect(userAgents).toEqual([{ name: 'Mozilla/5.0 (X11)', weight: 7 }]);
  });

  test('what it gives can be simulated with', async () => {
    const catalogue = await loadCatalogue(folder);
    const cities = new Set<string | null>();
    for (const { events } of simulateBatches({ catalogue, users: 20, days: 5 }))
      for (const { city } of events.listen_events) cities.add(city);
    expect([...cities]).toEqual(['Agawam']);
  });

  test('takes ids, albums and years from songs.csv, and makes ids of names without it', async () => {
    const [bare] = (await loadCatalogue(folder)).songs;
    expect(bare).toMatchObject({ album: null, year: null });
    expect(bare?.artistId).toMatch(/^AR[0-9A-F]{16}$/);
    await write(
      'songs.csv',
      'artist_id,release,track_id,year\nAR9,"Live, at last",TR1,0\nAR8,,TR2,1999\n',
    );
    const songs = (await loadCatalogue(folder)).songs;
    expect(songs).toMatchObject([
      { artistId: 'AR9', album: 'Live, at last', year: null },
      { artistId: 'AR8', album: null, year: 1999 },
    ]);
  });

  test('reads gzipped files', async () => {
    await rm(join(folder, 'yob1990.txt'));
    await write('yob1990.txt.gz', gzipSync('Cy,M,4\n'));
    const { firstNames } = await loadCatalogue(folder);
    expect(firstNames).toEqual([{ name: 'Cy', gender: 'M', weight: 4 }]);
  });

  test("reads the original's user agents, in UTF-16 behind a rank", async () => {
    await rm(join(folder, 'user-agents.tsv'));
    const text = '\ufeffrank\tcount\tuser agent\n1\t1,500\tMozilla/5.0 (Ü)\n';
    await write('user agents.txt', Buffer.from(text, 'utf16le'));
    const { userAgents } = await loadCatalogue(folder);
    expect(userAgents).toEqual([{ name: 'Mozilla/5.0 (Ü)', weight: 1_500 }]);
  });

  test("reads the original's two files of places", async () => {
    await rm(join(folder, 'locations.tsv'));
    await write(
      'Gaz_zcta_national.txt',
      'GEOID\tPOP10\tHU10\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG   \n' +
        '01001\t16769\t1\t1\t1\t1\t1\t42.06\t-72.62   \n99999\t5\t1\t1\t1\t1\t1\t1\t1\n',
    );
    await write('US.txt', 'US\t01001\tAgawam\tMassachusetts\tMA\tHampden\nUS\t09001\tAPO\t\t\t\n');
    expect((await loadCatalogue(folder)).places).toEqual([
      { zip: '01001', city: 'Agawam', state: 'MA', lat: 42.06, lon: -72.62, weight: 16_769 },
    ]);
  });

  test('a missing file is named', async () => {
    await rm(join(folder, 'listen_counts.txt'));
    await expect(loadCatalogue(folder)).rejects.toThrow(
      `${folder}: has none of listen_counts.txt, plain or as .gz`,
    );
  });

  test('an unreadable value is told by file, row and column', async () => {
    await write('locations.tsv', 'zip\tcity\tstate\tlat\n01001\tAgawam\tMA\tnorth\n');
    const error = await loadCatalogue(folder).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataFileError);
    expect(error).toMatchObject({
      file: 'locations.tsv',
      row: 2,
      column: 4,
      message: 'locations.tsv, row 2, column 4 (lat): expected a number, found "north"',
    });
  });

  test('bytes that are no UTF-8 are told by row and column', async () => {
    await write('yob1990.txt', Buffer.from('Ada,F,20\nZo\xeb,F,3\n', 'latin1'));
    await expect(loadCatalogue(folder)).rejects.toThrow(
      'yob1990.txt, row 2, column 3: is not valid UTF-8',
    );
  });

  test('a broken archive is told', async () => {
    await rm(join(folder, 'yob1990.txt'));
    await write('yob1990.txt.gz', 'not an archive');
    await expect(loadCatalogue(folder)).rejects.toThrow(/^yob1990.txt.gz: cannot be unpacked: /);
  });

  test('a file without any weight is refused', async () => {
    await write('yob1990.txt', 'Ada,F,0\n');
    await expect(loadCatalogue(folder)).rejects.toThrow(
      'yob1990.txt: none of its 1 rows has a weight above 0',
    );
  });
});
