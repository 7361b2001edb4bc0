import { getHeapStatistics } from 'node:v8';
import { lastInstant, mostUserId } from './config/limits.ts';
import { type Population, type Position, population, type Share } from './model/population.ts';
import { type Profiles, profiles } from './model/profile.ts';
import { sessionClock } from './model/session-clock.ts';
import { stateMachine } from './model/state-machine.ts';
import type { PlayedSong, World } from './model/user.ts';
import { WeightedChoice } from './model/weighted-choice.ts';
import {
  planSimulation,
  type SimulationOptions,
  type SimulationPlan,
} from './simulation-options.ts';

/** What no event changes: it serves any number of simulations. */
export interface Site {
  readonly plan: SimulationPlan;
  readonly world: World;
  readonly profiles: Profiles;
  /** The window, in epoch seconds: events are later than the start and earlier than the end. */
  readonly start: number;
  readonly end: number;
}

/**
 * Builds a site from options.
 *
 * @throws OptionError or ConfigError for what cannot work.
 */
export function prepareSite(options: SimulationOptions): Site {
  const plan = planSimulation(options);
  const { seed, alpha, beta, newUser, churnedState, catalogue, growthRate } = plan;
  // The model counts whole seconds.
  const start = Math.floor(plan.start / 1_000);
  const end = Math.ceil(Math.min(plan.end, lastInstant) / 1_000);
  const songs = catalogue.songs.map(
    (song): PlayedSong => ({ song, seconds: Math.floor(song.duration), memo: undefined }),
  );
  const world: World = {
    seed,
    alpha,
    beta,
    newUser,
    churnedState,
    attritionRate: plan.attritionRate,
    compat: plan.compat,
    machine: stateMachine(plan.transitions, plan.entries),
    clock: sessionClock(plan.clock),
    songs: new WeightedChoice(songs, plays),
    similar: catalogue.similar && similarSongs(songs, catalogue.similar),
    auths: new WeightedChoice(plan.auths, weightOf),
    levels: new WeightedChoice(plan.levels, weightOf),
  };
  return { plan, world, profiles: profiles({ catalogue, seed, start, growthRate }), start, end };
}

/** The users of a site: all, or a share of them; from the start, or from behind a position. */
export function populate(
  { plan, world, start, end }: Site,
  part: { readonly after?: Position | undefined; readonly share?: Share | undefined } = {},
): Population {
  return population(
    { ...plan, start, end, mostUserId, mostAtOnce: roomForUsers(), ...part },
    world,
  );
}

/** Measured: 275 bytes a user with nothing else, and a margin. */
const bytesPerUser = 400;
/** What a simulation takes whoever acts: catalogue, tables, blocks. */
const bytesBeside = 64e6;

/** How many users this thread has memory for. */
const roomForUsers = () =>
  Math.max(1, Math.floor((getHeapStatistics().heap_size_limit - bytesBeside) / bytesPerUser));

/** What may follow each track: similar ones that are played at all. */
function similarSongs(
  songs: readonly PlayedSong[],
  similar: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, WeightedChoice<PlayedSong>> {
  const byTrack = new Map(songs.map((played) => [played.song.trackId, played]));
  const choices = new Map<string, WeightedChoice<PlayedSong>>();
  for (const [track, others] of similar) {
    const known = others.flatMap((other) => byTrack.get(other) ?? []);
    if (known.some((played) => plays(played) > 0))
      choices.set(track, new WeightedChoice(known, plays));
  }
  return choices;
}

const plays = ({ song }: PlayedSong) => song.weight;
const weightOf = ({ weight }: { readonly weight: number }) => weight;
