import type { AuthEvent, ListenEvent, PageViewEvent, StatusChangeEvent } from '@streamify/models';
import { deviceIdOf, type Profile } from './model/profile.ts';
import type { User } from './model/user.ts';
import type { Site } from './site.ts';

/** Events of each topic, in the order of time. */
export interface EventLists {
  readonly listen_events: ListenEvent[];
  readonly page_view_events: PageViewEvent[];
  readonly auth_events: AuthEvent[];
  readonly status_change_events: StatusChangeEvent[];
}

/** Writes what a user does as events into the lists. */
export type EventWriter = (user: User, into: EventLists) => void;

/**
 * Makes the writer of events.
 *
 * Each thing a user does is a page view. A NextSong is a listen as well, the page after a Login an auth
 * event, and a submitted upgrade or downgrade a status change. All of them have one `eventId`,
 * `<sessionId>-<itemInSession>`: unique in a topic, and what joins the topics. Who the user is, and
 * the tag, are null where the configuration does not show it.
 *
 * Long because the fields of each topic are written out in the order of its schema.
 */
export function eventWriter({ plan, profiles }: Pick<Site, 'plan' | 'profiles'>): EventWriter {
  const { showUser, tag = null } = plan;

  const draw = (user: User): Profile => {
    const profile = profiles(user.id, user.joined);
    user.memo = profile;
    return profile;
  };

  // Long because the fields of each topic are written out in the order of its schema.
  const write: EventWriter = (user, into) => {
    const { state, song, sessionId, item: itemInSession } = user;
    const profile = (user.memo as Profile | undefined) ?? draw(user);
    const { auth, level, page } = state;
    const deviceId = deviceIdOf(profile);
    const { city, zip, state: place, lon, lat } = profile.place;
    const userAgent = profile.userAgent.name;
    const eventId = `${sessionId}-${itemInSession}`;
    const ts = user.time * 1_000;
    const isShown = showUser.has(auth);
    const userId = isShown ? profile.userId : null;
    const firstName = isShown ? profile.firstName.name : null;
    const lastName = isShown ? profile.lastName.name : null;
    const gender = isShown ? profile.firstName.gender : null;
    const registration = isShown ? profile.registration * 1_000 : null;
    const label = isShown ? tag : null;
    const played = state.isSong ? song?.song : undefined;

    into.page_view_events.push({
      eventId,
      ts,
      sessionId,
      deviceId,
      itemInSession,
      page,
      method: state.method,
      status: state.status,
      auth,
      level,
      trackId: played === undefined ? null : played.trackId,
      artistId: played === undefined ? null : played.artistId,
      artist: played === undefined ? null : played.artist,
      song: played === undefined ? null : played.title,
      duration: played === undefined ? null : played.duration,
      city,
      zip,
      state: place,
      userAgent,
      lon,
      lat,
      userId,
      firstName,
      lastName,
      gender,
      registration,
      tag: label,
    });
    if (played !== undefined)
      into.listen_events.push({
        eventId,
        ts,
        sessionId,
        deviceId,
        itemInSession,
        auth,
        level,
        trackId: played.trackId,
        artistId: played.artistId,
        artist: played.artist,
        song: played.title,
        duration: played.duration,
        city,
        zip,
        state: place,
        userAgent,
        lon,
        lat,
        userId,
        firstName,
        lastName,
        gender,
        registration,
        tag: label,
      });
    if (user.afterLogin)
      into.auth_events.push({
        eventId,
        ts,
        sessionId,
        deviceId,
        itemInSession,
        level,
        success: auth === 'Logged In',
        city,
        zip,
        state: place,
        userAgent,
        lon,
        lat,
        userId,
        firstName,
        lastName,
        gender,
        registration,
        tag: label,
      });
    if (page === 'Submit Upgrade' || page === 'Submit Downgrade')
      into.status_change_events.push({
        eventId,
        ts,
        sessionId,
        deviceId,
        itemInSession,
        auth,
        level,
        city,
        zip,
        state: place,
        userAgent,
        lon,
        lat,
        userId,
        firstName,
        lastName,
        gender,
        registration,
        tag: label,
      });
  };

  return write;
}
