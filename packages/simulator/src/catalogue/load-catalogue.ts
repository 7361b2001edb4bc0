import { createHash } from 'node:crypto';
import { DataFileError } from '../errors.ts';
import type { Catalogue, FirstName, LastName, Place, Song, UserAgent } from './catalogue.ts';
import { findDataFile, readDataFile } from './data-file.ts';
import { readRows } from './delimited.ts';
import { findSimilarSongs } from './similar-songs.ts';

/**
 * Loads a data folder of Eventsim, each file plain or as `.gz`:
 *
 * - `listen_counts.txt` (tabs): track id, artist, title, duration in seconds, plays
 * - `songs.csv` with `track_id`, `artist_id`, `release`, `year`; without it an artist's id is made from
 *   the name, and albums and years are null
 * - `similar_songs.csv`, if it is there: two track ids a row; a song is followed by one that is similar
 * - `yob1990.txt` (commas): name, gender, count
 * - `Top1000Surnames.csv` (commas, one header row): name, rank, count
 * - `user-agents.tsv` (tabs, one header row): weight, user agent; or the original's `user agents.txt`,
 *   with a rank before them
 * - `locations.tsv` (tabs, one header row): zip, city, state, lat, lon, population; or the original's
 *   `Gaz_zcta_national.txt` (Census) and `US.txt` (GeoNames)
 *
 * @throws DataFileError with file, row and column for what cannot be read.
 * @example
 * const catalogue = await loadCatalogue('data');
 * const batches = simulateBatches({ catalogue, users: 1_000 });
 */
export async function loadCatalogue(folder: string): Promise<Catalogue> {
  // One after another: of several faults the first is told, the same each time.
  const songs = await loadSongs(folder);
  const firstNames = await loadFirstNames(folder);
  const lastNames = await loadLastNames(folder);
  const places = await loadPlaces(folder);
  const userAgents = await loadUserAgents(folder);
  const similar = await findSimilarSongs(folder, songs);
  const catalogue = { songs, firstNames, lastNames, places, userAgents };
  return similar === undefined ? catalogue : { ...catalogue, similar };
}

async function loadSongs(folder: string): Promise<readonly Song[]> {
  const counts = await readDataFile(folder, 'listen_counts.txt');
  const details = new Map<string, Pick<Song, 'artistId' | 'album' | 'year'>>();
  const songs = await findDataFile(folder, 'songs.csv');
  if (songs !== undefined) {
    const columns = ['track_id', 'artist_id', 'release', 'year'];
    for (const row of readRows(songs, { separator: ',', columns, header: 'named' }))
      details.set(row.text('track_id'), {
        artistId: row.text('artist_id'),
        album: row.maybe('release') || null,
        // 0 stands for unknown.
        year: row.number('year') || null,
      });
  }
  const columns = ['track id', 'artist', 'title', 'duration', 'plays'];
  return weighted(
    counts.file,
    Array.from(readRows(counts, { separator: '\t', columns, header: 'none' }), (row) => {
      const trackId = row.text('track id');
      const artist = row.text('artist');
      return {
        trackId,
        artist,
        // A few songs have no title.
        title: row.maybe('title'),
        // Where it is not known, the original assumes three minutes.
        duration: row.maybe('duration') === '' ? 180 : row.number('duration'),
        weight: row.number('plays'),
        ...(details.get(trackId) ?? { artistId: artistIdOf(artist), album: null, year: null }),
      };
    }),
  );
}

async function loadFirstNames(folder: string): Promise<readonly FirstName[]> {
  const source = await readDataFile(folder, 'yob1990.txt');
  const columns = ['name', 'gender', 'count'];
  return weighted(
    source.file,
    Array.from(readRows(source, { separator: ',', columns, header: 'none' }), (row) => ({
      name: row.text('name'),
      gender: row.text('gender'),
      weight: row.number('count'),
    })),
  );
}

async function loadLastNames(folder: string): Promise<readonly LastName[]> {
  const source = await readDataFile(folder, 'Top1000Surnames.csv');
  const columns = ['name', 'rank', 'count'];
  return weighted(
    source.file,
    Array.from(readRows(source, { separator: ',', columns, header: 'skipped' }), (row) => ({
      name: capitalised(row.text('name')),
      weight: row.number('count'),
    })),
  );
}

async function loadUserAgents(folder: string): Promise<readonly UserAgent[]> {
  const source = await readDataFile(folder, 'user-agents.tsv', 'user agents.txt');
  const columns = ['weight', 'user agent'];
  if (source.file.startsWith('user agents.txt')) columns.unshift('rank');
  return weighted(
    source.file,
    Array.from(readRows(source, { separator: '\t', columns, header: 'skipped' }), (row) => ({
      name: row.text('user agent'),
      weight: row.number('weight'),
    })),
  );
}

async function loadPlaces(folder: string): Promise<readonly Place[]> {
  const source = await findDataFile(folder, 'locations.tsv');
  if (source === undefined) return loadOriginalPlaces(folder);
  const columns = ['zip', 'city', 'state', 'lat', 'lon', 'population'];
  return weighted(
    source.file,
    Array.from(readRows(source, { separator: '\t', columns, header: 'skipped' }), (row) => ({
      zip: row.text('zip'),
      city: row.text('city'),
      state: row.text('state'),
      lat: row.number('lat', 'signed'),
      lon: row.number('lon', 'signed'),
      weight: row.number('population'),
    })),
  );
}

/** Population and coordinates by zip from the Census, city and state from GeoNames. */
async function loadOriginalPlaces(folder: string): Promise<readonly Place[]> {
  const gazetteer = await readDataFile(folder, 'Gaz_zcta_national.txt');
  const names = await readDataFile(folder, 'US.txt');
  const cities = new Map<string, { city: string; state: string }>();
  const nameColumns = ['country', 'zip', 'city', 'state name', 'state'];
  for (const row of readRows(names, { separator: '\t', columns: nameColumns, header: 'none' })) {
    const zip = row.text('zip');
    // Military addresses have no state and no population.
    if (MILITARY_ZIP.test(zip)) continue;
    cities.set(zip, { city: row.text('city'), state: row.text('state') });
  }
  const places: Place[] = [];
  const columns = 'GEOID POP10 HU10 ALAND AWATER ALAND_SQMI AWATER_SQMI INTPTLAT INTPTLONG'.split(
    ' ',
  );
  for (const row of readRows(gazetteer, { separator: '\t', columns, header: 'skipped' })) {
    const zip = row.text('GEOID');
    const city = cities.get(zip);
    // A few areas of the Census are no zips of the post.
    if (city === undefined) continue;
    places.push({
      zip,
      ...city,
      lat: row.number('INTPTLAT', 'signed'),
      lon: row.number('INTPTLONG', 'signed'),
      weight: row.number('POP10'),
    });
  }
  return weighted(gazetteer.file, places);
}

const MILITARY_ZIP = /^(09|340|96[2-6])/;

function weighted<T extends { readonly weight: number }>(
  file: string,
  items: readonly T[],
): readonly T[] {
  if (items.some(({ weight }) => weight > 0)) return items;
  throw new DataFileError({ file }, `none of its ${items.length} rows has a weight above 0`);
}

const capitalised = (name: string) => name.slice(0, 1) + name.slice(1).toLowerCase();

const artistIdOf = (artist: string) =>
  `AR${createHash('sha256').update(artist).digest('hex').slice(0, 16).toUpperCase()}`;
