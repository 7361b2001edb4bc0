import type { FirstName, Place, UserAgent } from '../catalogue/catalogue.ts';
import { deviceIdOf, type Profile } from '../model/profile.ts';
import type { State } from '../model/state-machine.ts';
import { type PlayedSong, sessionsPerUser, type User } from '../model/user.ts';
import type { Site } from '../site.ts';
import { type ByteBuffer, digitCount, writeDigits } from './byte-buffer.ts';
import { type Piece, PieceStore, remember } from './pieces.ts';
import type { RecordList } from './record-block.ts';
import { isStatusChange, type RecordWriter, topicOrder } from './record-writer.ts';

/** How JSON lines are written. */
export interface JsonFormat {
  /** Adds `eventId`, `deviceId`, `trackId` and `artistId`, which the original does not have. */
  readonly ids: boolean;
  /** All topics go to one list, and each line starts with its `topic`. */
  readonly together: boolean;
  /** Whether actions carry their device as key. */
  readonly keyed: boolean;
}

/**
 * Makes a writer of JSON lines with the original's fields in the original's order; a field without a
 * value is left out.
 *
 * What does not change is turned into bytes once: a song, a state, a session and who its user is. A
 * record is put together from such pieces.
 *
 * Long because the records of one action, in up to four topics, are put together from the same pieces.
 */
export function jsonWriter(site: Site, { ids, together, keyed }: JsonFormat): RecordWriter {
  const store = new PieceStore();
  const factsOf = remember((state: State) => stateFacts(store, state, site.plan.showUser));
  const session = sessionPieces(site, store, ids);
  const starts = topicOrder.map((topic) => (together ? `{"topic":"${topic}",` : '{'));
  const clocks = starts.map((start) => new ClockPiece(start));
  const bareClock = new ClockPiece('');
  const [viewClock, , authClock, changeClock] = clocks as [
    ClockPiece,
    ClockPiece,
    ClockPiece,
    ClockPiece,
  ];
  const listenStart = utf8(starts[1] as string);
  const [toListens, toAuths, toChanges] = together ? [0, 0, 0] : [1, 2, 3];

  return (user, block) => {
    const own = (user.memo as Session | undefined) ?? session.start(user);
    const { state, time } = user;
    if (own.state !== state) {
      own.state = state;
      own.facts = factsOf(state);
    }
    const facts = own.facts as StateFacts;
    const owner = facts.isShown
      ? (own.shown ?? session.shown(own))
      : (own.hidden ?? session.hidden(own));
    const played = facts.isSong
      ? (((user.song as PlayedSong).memo as Piece | undefined) ?? songPiece(store, user, ids))
      : nothing;
    const room = longestRest + owner.length + facts.page.length + played.length;

    const view = block.lists[0] as RecordList;
    view.reserve(room);
    write(view, viewClock.at(time), user, own, facts.page, owner, ids);
    if (facts.isSong) {
      view.byte(comma);
      view.append(played);
    }
    view.append(lineEnd);
    block.endRecord(0);
    if (facts.isSong) {
      const listen = block.lists[toListens] as RecordList;
      listen.reserve(room);
      listen.append(listenStart);
      listen.append(played);
      listen.byte(comma);
      write(listen, bareClock.at(time), user, own, facts.authLevel, owner, ids);
      listen.append(lineEnd);
      block.endRecord(toListens);
    }
    if (user.afterLogin) {
      const auth = block.lists[toAuths] as RecordList;
      auth.reserve(room);
      write(auth, authClock.at(time), user, own, facts.level, owner, ids);
      auth.append(facts.isLoggedIn ? succeeded : failed);
      block.endRecord(toAuths);
    }
    if (facts.isStatusChange) {
      const change = block.lists[toChanges] as RecordList;
      change.reserve(room);
      write(change, changeClock.at(time), user, own, facts.authLevel, owner, ids);
      change.append(lineEnd);
      block.endRecord(toChanges);
    }
    if (keyed) block.keys[block.actions] = deviceIdOf(own.profile);
    block.endAction(user);
  };
}

function write(
  list: RecordList,
  clock: Piece,
  user: User,
  own: Session,
  state: Piece,
  owner: Piece,
  ids: boolean,
): void {
  const { bytes } = list;
  const { item } = user;
  let at = list.length;
  bytes.set(clock, at);
  at = writeDigits(bytes, at + clock.length, user.id);
  bytes.set(own.session, at);
  at += own.session.length;
  bytes.set(state, at);
  at = writeDigits(bytes, at + state.length, item);
  if (ids) {
    bytes.set(own.eventId, at);
    at = writeDigits(bytes, at + own.eventId.length, item);
    bytes[at++] = quote;
  }
  bytes.set(owner, at);
  list.length = at + owner.length;
}

/** What of a session does not change. Who its user is, is made when it is first needed. */
interface Session {
  readonly profile: Profile;
  /** The last six digits of the session's id: its number among the user's. */
  readonly session: Piece;
  readonly eventId: Piece;
  shown: Piece | undefined;
  hidden: Piece | undefined;
  /** The state of the record before: mostly that of the next one, too. */
  state: State | undefined;
  facts: StateFacts | undefined;
}

/** What of a state does not change: the fields behind the session id, by topic. */
interface StateFacts {
  readonly isShown: boolean;
  readonly isSong: boolean;
  readonly isLoggedIn: boolean;
  readonly isStatusChange: boolean;
  readonly page: Piece;
  readonly authLevel: Piece;
  readonly level: Piece;
}

const quote = 0x22;
const comma = 0x2c;
/** The most bytes of a record beside owner, song and state. */
const longestRest = 128;
const utf8 = (text: string): Piece => new Uint8Array(Buffer.from(text));
const json = JSON.stringify;
const lineEnd = utf8('}\n');
const succeeded = utf8(',"success":true}\n');
const failed = utf8(',"success":false}\n');
const userIdKey = utf8(',"userId":');
const nothing = new Uint8Array(0);

/** The beginning of a record up to its session id. Time goes on in small steps: mostly it is there already. */
class ClockPiece {
  readonly #start: string;
  #time = -1;
  #piece: Piece = nothing;

  constructor(start: string) {
    this.#start = start;
  }

  at(time: number): Piece {
    if (time !== this.#time) this.#set(time);
    return this.#piece;
  }

  #set(time: number): void {
    this.#time = time;
    const first = this.#start.length + 5;
    const last = first + digitCount(time) - 1;
    if (this.#piece.length !== last + 17)
      this.#piece = utf8(`${this.#start}"ts":${time}000,"sessionId":`);
    const piece = this.#piece;
    let rest = time;
    for (let at = last; at >= first; at--) {
      const tens = Math.floor(rest / 10);
      const digit = 48 + rest - tens * 10;
      piece[at] = digit;
      rest = tens;
    }
  }
}

function stateFacts(store: PieceStore, state: State, showUser: ReadonlySet<string>): StateFacts {
  const { page, auth, method, status, level, isSong } = state;
  const rest = `,"level":${json(level)},"itemInSession":`;
  return {
    isShown: showUser.has(auth),
    isSong,
    isLoggedIn: auth === 'Logged In',
    isStatusChange: isStatusChange(page),
    page: store.text(
      `,"page":${json(page)},"auth":${json(auth)},"method":${json(method)},"status":${status}${rest}`,
    ),
    authLevel: store.text(`,"auth":${json(auth)}${rest}`),
    level: store.text(rest),
  };
}

function songPiece(store: PieceStore, user: User, ids: boolean): Piece {
  const played = user.song as PlayedSong;
  const { trackId, artistId, artist, title, duration } = played.song;
  const more = ids ? `"trackId":${json(trackId)},"artistId":${json(artistId)},` : '';
  const made = store.text(
    `${more}"artist":${json(artist)},"song":${json(title)},"duration":${duration}`,
  );
  played.memo = made;
  return made;
}

/**
 * The pieces of a session that tell who its user is.
 *
 * Long because the bytes are written out field by field in the original's order.
 */
function sessionPieces({ plan, profiles }: Site, store: PieceStore, ids: boolean) {
  const tag = plan.tag === undefined ? nothing : utf8(`,"tag":${json(plan.tag)}`);
  const placeOf = remember(({ city, zip, state, lon, lat }: Place) => ({
    name: store.text(`,"city":${json(city)},"zip":${json(zip)},"state":${json(state)}`),
    coordinates: store.text(`,"lon":${lon},"lat":${lat}`),
  }));
  const sessionOf = remember((session: number) => utf8(String(session).padStart(6, '0')));
  const agentOf = remember(({ name }: UserAgent) => store.text(`,"userAgent":${json(name)}`));
  const lastNameOf = remember(({ name }: { readonly name: string }) =>
    store.text(`,"lastName":${json(name)}`),
  );
  const firstNameOf = remember(({ name, gender }: FirstName) =>
    store.text(`,"firstName":${json(name)},"gender":${json(gender)},"registration":`),
  );
  const device = (into: ByteBuffer, profile: Profile): void => {
    const { place, userAgent } = profile;
    const { name, coordinates } = placeOf(place);
    const agent = agentOf(userAgent);
    if (ids) into.text(`,"deviceId":${json(deviceIdOf(profile))}`);
    into.reserve(name.length + agent.length + coordinates.length);
    into.append(name);
    into.append(agent);
    into.append(coordinates);
  };

  // Owners are made of pieces: they need a store of their own.
  const owners = new PieceStore();

  return {
    start(user: User): Session {
      const made: Session = {
        profile: profiles(user.id, user.joined),
        session: sessionOf(user.sessions),
        eventId: ids
          ? owners.text(`,"eventId":"${user.id * sessionsPerUser + user.sessions}-`)
          : nothing,
        shown: undefined,
        hidden: undefined,
        state: undefined,
        facts: undefined,
      };
      user.memo = made;
      return made;
    },
    hidden(own: Session): Piece {
      own.hidden = owners.make((into) => device(into, own.profile));
      return own.hidden;
    },
    shown(own: Session): Piece {
      const { profile } = own;
      const lastName = lastNameOf(profile.lastName);
      const firstName = firstNameOf(profile.firstName);
      own.shown = owners.make((into) => {
        device(into, profile);
        into.reserve(64 + lastName.length + firstName.length + tag.length);
        into.append(userIdKey);
        into.digits(profile.userId);
        into.append(lastName);
        into.append(firstName);
        into.text(String(profile.registration * 1_000));
        into.append(tag);
      });
      return own.shown;
    },
  };
}
