import type { Song } from '../catalogue/catalogue.ts';
import { SimulationError } from '../errors.ts';
import { Random } from './random.ts';
import type { SessionClock } from './session-clock.ts';
import type { State, StateMachine } from './state-machine.ts';
import type { WeightedChoice } from './weighted-choice.ts';

/** A song of a site, with what a writer keeps of it. */
export interface PlayedSong {
  readonly song: Song;
  /** How long it plays, in whole seconds. */
  readonly seconds: number;
  memo: unknown;
}

/** What users act in: the same for all of them. Times are epoch seconds. */
export interface World {
  readonly seed: number;
  /** Mean seconds between two pages, over all users. */
  readonly alpha: number;
  /** Mean seconds between two sessions, over all users. */
  readonly beta: number;
  readonly machine: StateMachine;
  readonly clock: SessionClock;
  readonly songs: WeightedChoice<PlayedSong>;
  /** What follows a track, where data about similar songs tells: by track id. */
  readonly similar: ReadonlyMap<string, WeightedChoice<PlayedSong>> | undefined;
  readonly auths: WeightedChoice<{ readonly name: string }>;
  readonly levels: WeightedChoice<{ readonly name: string }>;
  readonly newUser: { readonly auth: string; readonly level: string };
  readonly churnedState: string | undefined;
  /** The share of users who leave within a year, whatever they do. */
  readonly attritionRate: number;
  /** Whether auth events follow a login as the original's do: again at each redirect behind it. */
  readonly compat: boolean;
}

/** Sessions of a user are numbered inside this many ids. */
export const sessionsPerUser = 1_000_000;
/** More are no session, but transitions that lead round and round and take no time. */
const itemsPerSession = 10_000_000;
const yearSeconds = 365.25 * 86_400;

/**
 * A listener, as of the next thing they do. `time`, `state` and `item` tell it; {@link advance} moves on.
 *
 * Everything is drawn from the user's own generator, so that nothing depends on other users.
 */
export interface User {
  readonly id: number;
  readonly random: Random;
  /** The user's own mean seconds between two pages. */
  readonly alpha: number;
  /** The user's own mean seconds between two sessions. */
  readonly beta: number;
  /** When a user who was not there at the start joined, in epoch seconds. */
  joined: number | undefined;
  /** When it happens, in epoch seconds. */
  time: number;
  state: State;
  /** Whether it tells how a login went: it follows a Login page. */
  afterLogin: boolean;
  sessions: number;
  sessionId: number;
  item: number;
  song: PlayedSong | undefined;
  songEnd: number;
  /** What a writer keeps of a user during a session; dropped with it. */
  memo: unknown;
}

/** Makes a user who is there at `start`, in their first session: it may be long before. */
export function initialUser(id: number, start: number, world: World): User {
  const random = Random.of(world.seed, id, 'behaviour');
  const alpha = random.logNormal(world.alpha);
  const beta = random.logNormal(world.beta);
  const auth = world.auths.pick(random).name;
  const level = world.levels.pick(random).name;
  const time = world.clock.first(start, beta, random);
  return firstSession({ id, random, alpha, beta, joined: undefined }, { auth, level, time }, world);
}

/**
 * Makes a user who joins at `joined`. Their first session lies around it, at most `lead` seconds before;
 * they registered when they joined or with that session, whichever is first.
 */
export function joiningUser(id: number, joined: number, lead: number, world: World): User {
  const random = Random.of(world.seed, id, 'behaviour');
  const alpha = random.logNormal(world.alpha);
  const beta = random.logNormal(world.beta);
  const time = world.clock.first(joined, beta, random, lead);
  const registered = Math.min(joined, time);
  return firstSession(
    { id, random, alpha, beta, joined: registered },
    { ...world.newUser, time },
    world,
  );
}

/** Moves a user to the next thing they do. False when there is none: they have left for good. */
export function advance(user: User, world: World): boolean {
  const { random, state } = user;
  const transition = state.next(random.uniform());
  if (transition === undefined) {
    if (state.auth === world.churnedState) return false;
    const last = user.time;
    user.time = world.clock.next(last, user.beta, random);
    if (world.attritionRate > 0 && leaves(user.time - last, world.attritionRate, random))
      return false;
    return startSession(user, state.auth, state.level, world);
  }
  const { to, waitFactor } = transition;
  // The original does not take note of the page before a redirect.
  if (!(world.compat && to.isRedirect)) user.afterLogin = state.page === 'Login';
  user.item++;
  if (user.item === itemsPerSession) throw endlessSession(user);
  if (to.isRedirect) user.time += 1;
  else if (to.isSong && user.time < user.songEnd) user.time = user.songEnd;
  else user.time += Math.floor(random.exponential(user.alpha * waitFactor));
  user.state = to;
  if (to.isSong) play(user, world);
  return true;
}

function firstSession(
  user: Pick<User, 'id' | 'random' | 'alpha' | 'beta' | 'joined'>,
  start: { readonly auth: string; readonly level: string; readonly time: number },
  world: World,
): User {
  const state = world.machine.entry(start.auth, start.level, user.random);
  if (state === undefined) throw noEntry(start.auth, start.level);
  const made: User = {
    id: user.id,
    random: user.random,
    alpha: user.alpha,
    beta: user.beta,
    joined: user.joined,
    time: start.time,
    state,
    afterLogin: false,
    sessions: 0,
    sessionId: user.id * sessionsPerUser,
    item: 0,
    song: undefined,
    songEnd: 0,
    memo: undefined,
  };
  if (state.isSong) play(made, world);
  return made;
}

function startSession(user: User, auth: string, level: string, world: World): true {
  const state = world.machine.entry(auth, level, user.random);
  if (state === undefined) throw noEntry(auth, level);
  user.sessions++;
  if (user.sessions === sessionsPerUser)
    throw new SimulationError(
      `user ${user.id} has more than ${sessionsPerUser.toLocaleString('en-US')} sessions: raise beta or session-gap, or simulate a shorter time`,
    );
  user.sessionId = user.id * sessionsPerUser + user.sessions;
  user.state = state;
  user.afterLogin = false;
  user.item = 0;
  user.songEnd = 0;
  user.song = undefined;
  user.memo = undefined;
  if (state.isSong) play(user, world);
  return true;
}

function play(user: User, world: World): void {
  const { similar } = world;
  const alike = similar && user.song ? similar.get(user.song.song.trackId) : undefined;
  const song = (alike ?? world.songs).pick(user.random);
  user.song = song;
  user.songEnd = user.time + song.seconds;
}

/** Who leaves at a rate a year leaves in a part of it with `1 - (1 - rate) ** part`. */
const leaves = (seconds: number, rate: number, random: Random) =>
  random.uniform() < 1 - (1 - rate) ** (seconds / yearSeconds);

const endlessSession = ({ id, state }: User) =>
  new SimulationError(
    `user ${id} does ${itemsPerSession.toLocaleString('en-US')} things in a session and has come to ${state.page}: let the transitions from there add up to less than 1, or raise alpha`,
  );

/** The configuration is checked for this, so that it is a fault of ours. */
const noEntry = (auth: string, level: string) =>
  new RangeError(`no session can start for auth ${auth} and level ${level}`);
