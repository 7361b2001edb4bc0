import { describe, expect, test } from 'vitest';
import { defaultCatalogue } from './default-catalogue.ts';
import { generateSongs } from './song-generator.ts';

const { songs, places, firstNames, lastNames, userAgents } = defaultCatalogue();

describe('the songs', () => {
  test('are 10,000, each with an id of its own', () => {
    expect(songs).toHaveLength(10_000);
    expect(new Set(songs.map(({ trackId }) => trackId)).size).toBe(10_000);
    for (const { trackId, artistId } of songs) {
      expect(trackId).toMatch(/^TR[0-9A-Z]{16}$/);
      expect(artistId).toMatch(/^AR[0-9A-Z]{16}$/);
    }
  });

  test('name an artist and a song without doubt', () => {
    const artistIds = new Set(songs.map(({ artistId }) => artistId));
    expect(new Set(songs.map(({ artist }) => artist)).size).toBe(artistIds.size);
    expect(new Set(songs.map(({ artist, title }) => `${artist}|${title}`)).size).toBe(10_000);
    expect(artistIds.size).toBeGreaterThan(1_000);
    expect(artistIds.size).toBeLessThan(4_000);
  });

  test("follow Zipf's law: the n-th is played n^-0.8 as often as the first", () => {
    const weight = (rank: number) => songs[rank - 1]?.weight ?? 0;
    expect(weight(1) / weight(10)).toBeCloseTo(10 ** 0.8, 3);
    expect(weight(1) / weight(1_000)).toBeCloseTo(1_000 ** 0.8, 1);
  });

  test('last from half a minute to a quarter of an hour, three to four minutes mostly', () => {
    const durations = songs.map(({ duration }) => duration).sort((a, b) => a - b);
    expect(durations[0]).toBeGreaterThanOrEqual(30);
    expect(durations.at(-1)).toBeLessThanOrEqual(900);
    expect(durations[5_000]).toBeGreaterThan(200);
    expect(durations[5_000]).toBeLessThan(230);
  });

  test('are the same every time, and those of another seed are others', () => {
    expect(generateSongs(50, 1)).toEqual(generateSongs(50, 1));
    expect(generateSongs(50, 2)[0]?.title).not.toBe(generateSongs(50, 1)[0]?.title);
    expect(songs[0]).toMatchInlineSnapshot(`
      {
        "album": "Harbor in the Lighthouse",
        "artist": "Cleo Ostrander and the Cinemas",
        "artistId": "ARSY00008EQ0R2P5O0",
        "duration": 186.477,
        "title": "Unspoken Winter, Pale Diamond",
        "trackId": "TRSY00008EX1AYALC9",
        "weight": 1000000,
        "year": 2024,
      }
    `);
  });

  test('have names beyond ASCII', () => {
    expect(songs.some(({ artist }) => /[^\p{ASCII}]/u.test(artist))).toBe(true);
  });
});

describe('the places', () => {
  test('are in all states and the capital', () => {
    expect(new Set(places.map(({ state }) => state)).size).toBe(51);
  });

  test('have a zip of their own, coordinates in the United States and people', () => {
    expect(new Set(places.map(({ zip }) => zip)).size).toBe(places.length);
    for (const { zip, lat, lon, weight, city } of places) {
      expect(zip, city).toMatch(/^\d{5}$/);
      expect(lat, city).toBeGreaterThan(19);
      expect(lat, city).toBeLessThan(65);
      expect(lon, city).toBeGreaterThan(-158);
      expect(lon, city).toBeLessThan(-68);
      expect(weight, city).toBeGreaterThan(0);
    }
  });
});

test('first names are as often of women as of men', () => {
  const weight = (gender: string) =>
    firstNames.filter((name) => name.gender === gender).reduce((sum, name) => sum + name.weight, 0);
  expect(new Set(firstNames.map(({ gender }) => gender))).toEqual(new Set(['F', 'M']));
  expect(weight('F') / weight('M')).toBeCloseTo(1, 1);
});

test('names and user agents stand once, with a weight', () => {
  const keys = [
    firstNames.map(({ name, gender }) => `${name} ${gender}`),
    lastNames.map(({ name }) => name),
    userAgents.map(({ name }) => name),
  ];
  for (const list of keys) expect(list.filter((name, i) => list.indexOf(name) !== i)).toEqual([]);
  for (const { name, weight } of [...firstNames, ...lastNames, ...userAgents]) {
    expect(name).not.toBe('');
    expect(weight).toBeGreaterThan(0);
  }
});
