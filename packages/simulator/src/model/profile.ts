import type { Catalogue, FirstName, LastName, Place, UserAgent } from '../catalogue/catalogue.ts';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** Who a user is, and on which device: the same for life. */
export interface Profile {
  readonly userId: number;
  /** 16 hexadecimal digits that do not show the user. */
  readonly deviceId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly gender: string;
  /** Epoch milliseconds. */
  readonly registration: number;
  readonly city: string;
  readonly zip: string;
  readonly state: string;
  readonly lon: number;
  readonly lat: number;
  readonly userAgent: string;
}

/** Draws profiles. The same user always gets the same one, so that it need not be kept. */
export type Profiles = (userId: number, joined: number | undefined) => Profile;

const year = 365.25 * 86_400;
const longest = 5 * year;

/**
 * Draws who users are: registration, name, place and user agent, from a generator of each user's own.
 *
 * Users who are there at `start` (epoch seconds) registered `min(Exp(growthRate * year), 5 years)`
 * before it, the others when they joined. Source: the behaviour of Interana's Eventsim.
 */
export function profiles(options: {
  readonly catalogue: Catalogue;
  readonly seed: number;
  readonly start: number;
  readonly growthRate: number;
}): Profiles {
  const { catalogue, seed, start, growthRate } = options;
  const weightOf = ({ weight }: { readonly weight: number }) => weight;
  const firstNames = new WeightedChoice<FirstName>(catalogue.firstNames, weightOf);
  const lastNames = new WeightedChoice<LastName>(catalogue.lastNames, weightOf);
  const places = new WeightedChoice<Place>(catalogue.places, weightOf);
  const userAgents = new WeightedChoice<UserAgent>(catalogue.userAgents, weightOf);
  return (userId, joined) => {
    const random = Random.of(seed, userId, 'profile');
    const age = Math.min(Math.floor(random.exponential(growthRate * year)), longest);
    const person = firstNames.pick(random);
    const lastName = lastNames.pick(random).name;
    const place = places.pick(random);
    return {
      userId,
      deviceId: hex(random.bits()) + hex(random.bits()),
      firstName: person.name,
      lastName,
      gender: person.gender,
      registration: (joined ?? start - age) * 1_000,
      city: place.city,
      zip: place.zip,
      state: place.state,
      lon: place.lon,
      lat: place.lat,
      userAgent: userAgents.pick(random).name,
    };
  };
}

const hex = (bits: number) => (bits >>> 0).toString(16).padStart(8, '0');
