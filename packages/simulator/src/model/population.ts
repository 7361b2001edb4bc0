import { SimulationError } from '../errors.ts';
import { Random } from './random.ts';
import { advance, initialUser, joiningUser, type User, type World } from './user.ts';
import { UserQueue } from './user-queue.ts';

const yearSeconds = 365.25 * 86_400;
/**
 * Users who join come into play this many mean session gaps before they join, as their first session
 * may lie that long before. One user in 400 has so long a gap of their own that it is cut to this.
 */
const leadGaps = 10;

/** Who there is and who joins. Times are epoch seconds. */
export interface PopulationOptions {
  readonly seed: number;
  readonly users: number;
  readonly firstUserId: number;
  /** Users who join in a year, as a share of those at the start. */
  readonly growthRate: number;
  readonly start: number;
  /** Infinity for a simulation that goes on. */
  readonly end: number;
  /** What has happened already: it is passed over. Default: nothing. */
  readonly after?: Position | undefined;
  /** The last id that a user may have. */
  readonly mostUserId: number;
  /** How many users there is memory for at a time. */
  readonly mostAtOnce: number;
  /** Which users are simulated here, of all there are. Default: all. */
  readonly share?: Share | undefined;
}

/** A place in the order of what users do. */
export interface Position {
  /** Epoch seconds. */
  readonly time: number;
  readonly user: number;
  /** The session's number among the user's. */
  readonly session: number;
  readonly item: number;
}

/** One of several parts of the users, of equal size. */
export interface Share {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

/** All users in the order of what they do: the one who acts next is first. */
export interface Population {
  /** The user who acts next; undefined when nobody does before the end. */
  readonly next: User | undefined;
  /** Moves the user who acts next past what they do. */
  step(): void;
}

/**
 * Makes the users of a simulation. What they do at or before the start is behind them.
 *
 * Users are kept only while they have something to do before the end, and users who join are made
 * when they can first act: memory grows with those who act, not with those who exist. Users join at
 * times with gaps of `Exp(year / (users * growthRate))`.
 */
export function population(options: PopulationOptions, world: World): Population {
  const { seed, users, firstUserId, growthRate, start, end, after, share } = options;
  const { mostAtOnce, mostUserId } = options;
  const queue = new UserQueue();
  const warmUp = (user: User): void => {
    while (user.time <= start || (after !== undefined && isPast(user, after)))
      if (!advance(user, world)) return;
    if (user.time >= end) return;
    if (queue.size >= mostAtOnce) throw tooMany(mostAtOnce);
    queue.add(user);
  };
  const isHere = (id: number) => share === undefined || id % share.of === share.index;

  for (let id = firstUserId; id < firstUserId + users; id++)
    if (isHere(id)) warmUp(initialUser(id, start, world));

  const growth = Random.of(seed, firstUserId, 'growth');
  const lead = Math.floor(leadGaps * world.beta);
  const nextJoin = (last: number): number =>
    growthRate > 0
      ? last + Math.floor(growth.exponential(yearSeconds / (users * growthRate)))
      : Number.POSITIVE_INFINITY;
  let joins = nextJoin(start);
  let joinedId = firstUserId + users;
  const admit = (): void => {
    while (joins < end && joins - lead <= (queue.first?.time ?? end)) {
      if (joinedId > mostUserId) throw noIdLeft(mostUserId);
      if (isHere(joinedId)) warmUp(joiningUser(joinedId, joins, lead, world));
      joinedId++;
      joins = nextJoin(joins);
    }
  };

  admit();
  return {
    get next() {
      return queue.first;
    },
    step() {
      const user = queue.first;
      if (user === undefined) return;
      if (advance(user, world) && user.time < end) queue.reorderFirst();
      else queue.removeFirst();
      admit();
    },
  };
}

const tooMany = (most: number) =>
  new SimulationError(
    `more users act at a time than the ${most.toLocaleString('en-US')} that Node has memory for: take fewer, or give it more with NODE_OPTIONS=--max-old-space-size=MB`,
  );

const noIdLeft = (most: number) =>
  new SimulationError(
    `a user who joins has no id left: ${most} is the last one; let the first id be lower, or the growth`,
  );

/** Whether what a user does next lies at a position or before it. */
function isPast(user: User, { time, user: id, session, item }: Position): boolean {
  if (user.time !== time) return user.time < time;
  if (user.id !== id) return user.id < id;
  return user.sessions === session ? user.item <= item : user.sessions < session;
}
