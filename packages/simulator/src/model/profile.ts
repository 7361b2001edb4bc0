import type { Catalogue, FirstName, LastName, Place, UserAgent } from '../catalogue/catalogue.ts';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** Who a user is, and on which device: the same for life. */
export interface Profile {
  readonly userId: number;
  /** 64 bits that do not show the user; {@link deviceIdOf} writes them out. */
  readonly device: readonly [number, number];
  readonly firstName: FirstName;
  readonly lastName: LastName;
  /** Epoch seconds. */
  readonly registration: number;
  readonly place: Place;
  readonly userAgent: UserAgent;
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
    return {
      userId,
      firstName: firstNames.pick(random),
      lastName: lastNames.pick(random),
      place: places.pick(random),
      device: [random.bits(), random.bits()],
      userAgent: userAgents.pick(random),
      registration: joined ?? start - age,
    };
  };
}

/** The id of a user's device: 16 hexadecimal digits. */
export const deviceIdOf = ({ device: [high, low] }: Profile): string => hex(high) + hex(low);

const hexBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hexByte = (byte: number) => hexBytes[byte & 255] as string;
const hex = (bits: number) =>
  hexByte(bits >>> 24) + hexByte(bits >>> 16) + hexByte(bits >>> 8) + hexByte(bits);
