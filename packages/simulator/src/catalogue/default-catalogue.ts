import type { Catalogue } from './catalogue.ts';
import { firstNames } from './first-names.ts';
import { lastNames } from './last-names.ts';
import { places } from './places.ts';
import { generateSongs } from './song-generator.ts';
import { userAgents } from './user-agents.ts';

let made: Catalogue | undefined;

/**
 * The catalogue that comes with the package: 10,000 invented songs, US cities, common names and current
 * user agents. Made on the first call and always the same; PROVENANCE.md beside it tells its sources.
 */
export function defaultCatalogue(): Catalogue {
  made ??= { songs: generateSongs(10_000, 2_026), firstNames, lastNames, places, userAgents };
  return made;
}
