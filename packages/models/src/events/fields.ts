/** Fields that several event types share. Values are as producers send them: cleaning is the job's part. */
const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
const optional = <const T>(type: T) => ['null', type] as const;

/** Who and when: every event has these. */
export const identityFields = [
  {
    name: 'eventId',
    type: 'string',
    doc: 'Unique and deterministic: the same seed gives the same id.',
  },
  {
    name: 'ts',
    type: optional(timestamp),
    default: null,
    doc: 'When it happened, in epoch milliseconds.',
  },
  { name: 'sessionId', type: optional('long'), default: null, doc: 'The visit it belongs to.' },
  {
    name: 'deviceId',
    type: 'string',
    doc: "The listener's device, also while logged out. The topic's key.",
  },
  {
    name: 'itemInSession',
    type: optional('int'),
    default: null,
    doc: 'Place in the session, from 0.',
  },
] as const;

/** Where the listener is and what they use: fixed for a device. */
export const deviceFields = [
  { name: 'city', type: optional('string'), default: null, doc: 'Where the listener lives.' },
  {
    name: 'zip',
    type: optional('string'),
    default: null,
    doc: 'Five characters, leading zeros kept.',
  },
  { name: 'state', type: optional('string'), default: null, doc: 'Two-letter code.' },
  {
    name: 'userAgent',
    type: optional('string'),
    default: null,
    doc: 'The browser, as it names itself.',
  },
  { name: 'lon', type: optional('double'), default: null, doc: 'Degrees east.' },
  { name: 'lat', type: optional('double'), default: null, doc: 'Degrees north.' },
] as const;

/** Who the listener is: null while they are not logged in. */
export const userFields = [
  { name: 'userId', type: optional('long'), default: null, doc: 'Who it is.' },
  { name: 'firstName', type: optional('string'), default: null, doc: 'Given name.' },
  { name: 'lastName', type: optional('string'), default: null, doc: 'Family name.' },
  { name: 'gender', type: optional('string'), default: null, doc: 'M or F.' },
  {
    name: 'registration',
    type: optional(timestamp),
    default: null,
    doc: 'When they registered, in epoch milliseconds.',
  },
  {
    name: 'tag',
    type: optional('string'),
    default: null,
    doc: "The simulation's label, if it has one.",
  },
] as const;

/** What is played. */
export const songFields = [
  {
    name: 'trackId',
    type: optional('string'),
    default: null,
    doc: 'The recording: what to join songs on.',
  },
  {
    name: 'artistId',
    type: optional('string'),
    default: null,
    doc: 'The artist: what to join artists on.',
  },
  {
    name: 'artist',
    type: optional('string'),
    default: null,
    doc: "The artist's name; not unique.",
  },
  { name: 'song', type: optional('string'), default: null, doc: 'The title; not unique.' },
  { name: 'duration', type: optional('double'), default: null, doc: 'Seconds.' },
] as const;

export const level = {
  name: 'level',
  type: optional('string'),
  default: null,
  doc: 'free or paid.',
} as const;
export const auth = {
  name: 'auth',
  type: optional('string'),
  default: null,
  doc: 'Guest, Logged In, Logged Out or Cancelled.',
} as const;
