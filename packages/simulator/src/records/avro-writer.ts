import type { Place, UserAgent } from '../catalogue/catalogue.ts';
import { deviceIdOf, type Profile } from '../model/profile.ts';
import type { State } from '../model/state-machine.ts';
import { type PlayedSong, sessionsPerUser, type User } from '../model/user.ts';
import type { Site } from '../site.ts';
import { ByteBuffer, digitCount, writeDigits } from './byte-buffer.ts';
import { type Piece, PieceStore, remember } from './pieces.ts';
import type { RecordBlock, RecordList } from './record-block.ts';
import { isStatusChange, type RecordWriter } from './record-writer.ts';

/** How Avro records are written. */
export interface AvroFormat {
  /** What stands before the body of each record, by topic in `topicOrder`: the wire format's prefix, or nothing. */
  readonly prefixes: readonly Piece[];
  /** Whether actions carry their device as key. */
  readonly keyed: boolean;
}

/**
 * Makes a writer of Avro records with the schemas of `@streamify/models`.
 *
 * It knows the schemas' order of fields, as a test compares with the codec of `@streamify/core`: that
 * makes it several times as fast, since most fields are in pieces that are encoded once a state, a
 * song or a session.
 */
export function avroWriter(site: Site, { prefixes, keyed }: AvroFormat): RecordWriter {
  const store = new PieceStore();
  const factsOf = remember((state: State) => stateFacts(store, state, site.plan.showUser));
  const session = sessionPieces(site, store);
  const [view, listen, auth, change] = prefixes as [Piece, Piece, Piece, Piece];
  let clock: Piece = nothing;
  let clockTime = -1;

  return (user, block) => {
    if (user.time !== clockTime) {
      clockTime = user.time;
      clock = clockPiece(clockTime * 1_000, clock);
    }
    const own = (user.memo as Session | undefined) ?? session.start(user);
    const { state } = user;
    if (own.state !== state) {
      own.state = state;
      own.facts = factsOf(state);
    }
    const facts = own.facts as StateFacts;
    const owner = facts.isShown
      ? (own.shown ?? session.shown(own))
      : (own.hidden ?? session.hidden(own));
    if (facts.isSong) {
      const song = user.song as PlayedSong;
      const played = (song.memo as Piece | undefined) ?? songPiece(store, song);
      write(block, 0, view, user, own, clock, facts.page, played, owner);
      write(block, 1, listen, user, own, clock, facts.authLevel, played, owner);
    } else write(block, 0, view, user, own, clock, facts.page, noSong, owner);
    if (user.afterLogin)
      write(block, 2, auth, user, own, clock, facts.levelSuccess, nothing, owner);
    if (facts.isStatusChange)
      write(block, 3, change, user, own, clock, facts.authLevel, nothing, owner);
    if (keyed) block.keys[block.actions] = own.key;
    block.endAction(user);
  };
}

function write(
  block: RecordBlock,
  topic: number,
  prefix: Piece,
  { item }: User,
  own: Session,
  clock: Piece,
  state: Piece,
  song: Piece,
  owner: Piece,
): void {
  const list = block.lists[topic] as RecordList;
  list.reserve(longestRest + owner.length + state.length + song.length);
  const { bytes } = list;
  let at = list.length;
  // A few bytes are copied faster one by one.
  for (let i = 0; i < prefix.length; i++) bytes[at++] = prefix[i] as number;
  bytes[at++] = 2 * (own.eventId.length + digitCount(item));
  bytes.set(own.eventId, at);
  at = writeDigits(bytes, at + own.eventId.length, item);
  for (let i = 0; i < clock.length; i++) bytes[at++] = clock[i] as number;
  bytes.set(own.session, at);
  at += own.session.length;
  if (item < 64) bytes[at++] = 2 * item;
  else {
    list.length = at;
    list.long(item);
    at = list.length;
  }
  bytes.set(state, at);
  at += state.length;
  if (song.length > 0) {
    bytes.set(song, at);
    at += song.length;
  }
  bytes.set(owner, at);
  list.length = at + owner.length;
  block.endRecord(topic);
}

/** What of a session does not change. Pieces are made when they are first needed. */
interface Session {
  readonly profile: Profile;
  readonly key: string;
  /** The text of an event id up to the item, without its length. */
  readonly eventId: Piece;
  readonly session: Piece;
  shown: Piece | undefined;
  hidden: Piece | undefined;
  /** The state of the record before: mostly that of the next one, too. */
  state: State | undefined;
  facts: StateFacts | undefined;
}

/** What of a state does not change: the fields behind the item, by topic. */
interface StateFacts {
  readonly page: Piece;
  readonly authLevel: Piece;
  readonly levelSuccess: Piece;
  readonly isShown: boolean;
  readonly isSong: boolean;
  readonly isStatusChange: boolean;
}

/** The branches of a union with null, as Avro writes them. */
const none = 0;
const some = 2;
/** The most bytes of a record beside owner, state and song. */
const longestRest = 128;
const noSong = new Uint8Array(5).fill(none);
const nobody = new Uint8Array(6).fill(none);
const nothing = new Uint8Array(0);

function text(into: ByteBuffer, value: string): void {
  into.reserve(10);
  into.long(Buffer.byteLength(value));
  into.text(value);
}

function someText(into: ByteBuffer, value: string): void {
  into.reserve(1);
  into.byte(some);
  text(into, value);
}

function someLong(into: ByteBuffer, value: number): void {
  into.reserve(11);
  into.byte(some);
  // Zigzag turns -n into 2n - 1. Only a registration before 1970 is below 0.
  into.long(value >= 0 ? value : -value - 0.5);
}

function someDouble(into: ByteBuffer, value: number): void {
  into.reserve(9);
  into.byte(some);
  into.length = into.bytes.writeDoubleLE(value, into.length);
}

function stateFacts(store: PieceStore, state: State, showUser: ReadonlySet<string>): StateFacts {
  const { page, auth, method, status, level, isSong } = state;
  return {
    page: store.make((into) => {
      someText(into, page);
      someText(into, method);
      someLong(into, status);
      someText(into, auth);
      someText(into, level);
    }),
    authLevel: store.make((into) => {
      someText(into, auth);
      someText(into, level);
    }),
    levelSuccess: store.make((into) => {
      someText(into, level);
      into.reserve(2);
      into.byte(some);
      into.byte(auth === 'Logged In' ? 1 : 0);
    }),
    isShown: showUser.has(auth),
    isSong,
    isStatusChange: isStatusChange(page),
  };
}

/** The time of a record, in the piece of the one before where it has as many bytes. */
function clockPiece(time: number, before: Piece): Piece {
  clockBytes.clear();
  someLong(clockBytes, time);
  const { bytes, length } = clockBytes;
  const piece = before.length === length ? before : new Uint8Array(length);
  for (let i = 0; i < length; i++) piece[i] = bytes[i] as number;
  return piece;
}

const clockBytes = new ByteBuffer();

function songPiece(store: PieceStore, played: PlayedSong): Piece {
  const { song } = played;
  const made = store.make((into) => {
    someText(into, song.trackId);
    someText(into, song.artistId);
    someText(into, song.artist);
    someText(into, song.title);
    someDouble(into, song.duration);
  });
  played.memo = made;
  return made;
}

/**
 * The pieces of a session: its ids, and who its user is.
 *
 * Long because the bytes are written out field by field in the order of the schemas.
 */
function sessionPieces({ plan, profiles }: Site, store: PieceStore) {
  const placeOf = remember((place: Place) => ({
    name: store.make((into) => {
      someText(into, place.city);
      someText(into, place.zip);
      someText(into, place.state);
    }),
    coordinates: store.make((into) => {
      someDouble(into, place.lon);
      someDouble(into, place.lat);
    }),
  }));
  const agentOf = remember(({ name }: UserAgent) => store.make((into) => someText(into, name)));
  const device = (into: ByteBuffer, { place, userAgent }: Profile): void => {
    const { name, coordinates } = placeOf(place);
    const agent = agentOf(userAgent);
    into.reserve(name.length + agent.length + coordinates.length);
    into.append(name);
    into.append(agent);
    into.append(coordinates);
  };
  // Owners are made of pieces: they need a store of their own.
  const owners = new PieceStore();

  return {
    start(user: User): Session {
      const profile = profiles(user.id, user.joined);
      const key = deviceIdOf(profile);
      const sessionId = user.id * sessionsPerUser + user.sessions;
      const made: Session = {
        profile,
        key,
        eventId: owners.make((into) => into.text(`${sessionId}-`)),
        session: owners.make((into) => {
          someLong(into, sessionId);
          text(into, key);
          // The branch of the item, which follows.
          into.reserve(1);
          into.byte(some);
        }),
        shown: undefined,
        hidden: undefined,
        state: undefined,
        facts: undefined,
      };
      user.memo = made;
      return made;
    },
    hidden(own: Session): Piece {
      own.hidden = owners.make((into) => {
        device(into, own.profile);
        into.reserve(nobody.length);
        into.append(nobody);
      });
      return own.hidden;
    },
    shown(own: Session): Piece {
      const { profile } = own;
      const { userId, firstName, lastName, registration } = profile;
      own.shown = owners.make((into) => {
        device(into, profile);
        someLong(into, userId);
        someText(into, firstName.name);
        someText(into, lastName.name);
        someText(into, firstName.gender);
        someLong(into, registration * 1_000);
        if (plan.tag !== undefined) return someText(into, plan.tag);
        into.reserve(1);
        into.byte(none);
      });
      return own.shown;
    },
  };
}
