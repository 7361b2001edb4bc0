import { Random } from '../model/random.ts';
import type { Song } from './catalogue.ts';
import { adjectives, endings, givenNames, nouns, surnames, verbs } from './song-words.ts';

/** How unequal popularity is: the n-th song is played in proportion to n^-0.8. */
const zipfExponent = 0.8;
const albumSongs = 10;
const firstYear = 1970;
const lastYear = 2025;

/**
 * Invents songs: artists with names of their own, whose albums hold up to ten songs; popularity follows
 * Zipf's law. The same count and seed give the same songs, in the order of popularity.
 *
 * @example
 * const [hit] = generateSongs(500, 1);
 */
export function generateSongs(count: number, seed: number): readonly Song[] {
  const random = Random.of(seed, count, 'catalogue');
  const one = (list: readonly string[]) =>
    list[Math.floor(random.uniform() * list.length)] as string;
  const id = serialIds(random);
  const artistNames = new Set<string>();
  const songs: Song[] = [];
  while (songs.length < count) {
    const artist = unused(artistNames, () => artistName(one, random));
    const artistId = id('AR');
    const titles = new Set<string>();
    const albums = new Set<string>();
    let album = '';
    let year = 0;
    // Most artists have a few songs, some have dozens.
    const repertoire = Math.min(1 + Math.floor(random.exponential(5)), count - songs.length);
    for (let i = 0; i < repertoire; i++) {
      if (i % albumSongs === 0) {
        album = unused(albums, () => songTitle(one, random));
        year = Math.max(firstYear, lastYear - Math.floor(random.exponential(14)));
      }
      const title = unused(titles, () => songTitle(one, random));
      const duration = songSeconds(random);
      songs.push({ trackId: id('TR'), artistId, artist, title, duration, weight: 0, album, year });
    }
  }
  shuffle(songs, random);
  return songs.map((song, rank) => ({
    ...song,
    weight: Number((1_000_000 / (rank + 1) ** zipfExponent).toFixed(3)),
  }));
}

type Pick = (list: readonly string[]) => string;

function artistName(one: Pick, random: Random): string {
  const form = random.uniform();
  if (form < 0.3) return `The ${one(adjectives)} ${one(nouns)}s`;
  if (form < 0.6) return `${one(givenNames)} ${one(surnames)}`;
  if (form < 0.8) return `${one(adjectives)} ${one(nouns)}`;
  if (form < 0.9) return `${one(nouns)} & ${one(nouns)}`;
  return `${one(givenNames)} ${one(surnames)} and the ${one(nouns)}s`;
}

function songTitle(one: Pick, random: Random): string {
  const form = random.uniform();
  if (form < 0.25) return `${one(adjectives)} ${one(nouns)}`;
  if (form < 0.45) return `${one(verbs)} Me ${one(endings)}`;
  if (form < 0.6) return `${one(nouns)} in the ${one(nouns)}`;
  if (form < 0.75) return `${one(verbs)} the ${one(adjectives)} ${one(nouns)}`;
  if (form < 0.9) return `${one(adjectives)} ${one(nouns)}, ${one(adjectives)} ${one(nouns)}`;
  return `${one(nouns)} (${one(verbs)} ${one(endings)})`;
}

/** Around three and a half minutes; from half a minute to a quarter of an hour. */
function songSeconds(random: Random): number {
  const seconds = 215 * Math.exp(0.3 * random.normal());
  return Number(Math.min(900, Math.max(30, seconds)).toFixed(3));
}

/** Draws until it meets a value that was not there, and keeps it. */
function unused(taken: Set<string>, draw: () => string): string {
  let value = draw();
  while (taken.has(value)) value = draw();
  taken.add(value);
  return value;
}

/** Ids of 18 characters: a prefix, a serial number, and digits that make it look like no number. */
function serialIds(random: Random) {
  let serial = 0;
  return (prefix: 'TR' | 'AR'): string => {
    const tail = (random.bits() >>> 0).toString(36).padStart(7, '0');
    const text = (serial++).toString(36).padStart(5, '0') + tail;
    return `${prefix}${text.toUpperCase().padStart(16, 'SY00')}`;
  };
}

function shuffle<T>(items: T[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
}
