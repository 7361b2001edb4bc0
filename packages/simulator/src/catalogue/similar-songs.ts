import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { systemReason } from '@streamify/core/adapter';
import { DataFileError } from '../errors.ts';
import type { Catalogue, Song } from './catalogue.ts';

const names = ['similar_songs.csv', 'similar_songs.csv.gz'];

/**
 * Reads which songs are similar, as the original's tools write it: two track ids a row. The file of all
 * tracks has more than half a gigabyte, so it is read row by row, and only tracks that are played are
 * kept.
 *
 * @throws DataFileError with the row that is not a pair, or when the file cannot be read.
 */
export async function findSimilarSongs(
  folder: string,
  songs: readonly Song[],
): Promise<Catalogue['similar']> {
  const path = await firstThere(names.map((name) => join(folder, name)));
  if (path === undefined) return undefined;
  const file = basename(path);
  const played = new Set(songs.map(({ trackId }) => trackId));
  const similar = new Map<string, string[]>();
  let row = 0;
  const text = new PassThrough();
  const reading = path.endsWith('.gz')
    ? pipeline(createReadStream(path), createGunzip(), text)
    : pipeline(createReadStream(path), text);
  try {
    for await (const line of createInterface({
      input: text,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      row++;
      if (line === '') continue;
      const [track, other] = line.split(',');
      if (!track || !other)
        throw new DataFileError(
          { file, row },
          `expected two track ids, found ${JSON.stringify(line)}`,
        );
      if (!played.has(track) || !played.has(other)) continue;
      const others = similar.get(track);
      if (others === undefined) similar.set(track, [other]);
      else others.push(other);
    }
    await reading;
  } catch (cause) {
    text.destroy();
    await reading.catch(() => undefined);
    if (cause instanceof DataFileError) throw cause;
    const reason = systemReason(cause) ?? 'it is no gzip file, or damaged';
    throw new DataFileError({ file, row }, `cannot be read: ${reason}`, { cause });
  }
  return similar;
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
