import { reject } from '@streamify/core';
import { repairMojibake } from './repair-mojibake.ts';

/** Text as people read it: mojibake repaired, trimmed, null when nothing is left. */
export const text = (value: string | null): string | null =>
  value === null ? null : repairMojibake(value).trim() || null;

/** Text without the quotes that surround it in some sources. */
export const unquoted = (value: string | null): string | null =>
  text(value?.trim().replace(/^"(.*)"$/s, '$1') ?? null);

/** Before this many, a timestamp must be in seconds: as milliseconds it would be before March 1973. */
const millisecondsFrom = 100_000_000_000;

/** Epoch milliseconds, whether it was given in seconds or milliseconds. */
export const epochMillis = (value: number | null): number | null => {
  if (value === null || !(value > 0)) return null;
  return value < millisecondsFrom ? value * 1000 : value;
};

/** When the event happened. Without that it has no place in a stream. */
const eventTime = (value: number | null): number => epochMillis(value) ?? reject('no timestamp');

const sessionId = (value: number | null): number => value ?? reject('no session');

/** `free` or `paid`, in lower case. */
export const level = (value: string | null): string | null => {
  const lower = value?.trim().toLowerCase();
  return lower === 'free' || lower === 'paid' ? lower : null;
};

/** `M` or `F`, from any spelling that begins so. */
export const gender = (value: string | null): string | null => {
  const upper = value?.trim().toUpperCase() ?? '';
  if (/^M(ALE)?$/.test(upper)) return 'M';
  return /^F(EMALE)?$/.test(upper) ? 'F' : null;
};

/** Two upper-case letters. */
export const state = (value: string | null): string | null => {
  const upper = value?.trim().toUpperCase() ?? '';
  return /^[A-Z]{2}$/.test(upper) ? upper : null;
};

/** Five digits with leading zeros; the first five of the nine-digit form. */
export const zip = (value: string | null): string | null => {
  const digits = /^(\d{1,5})(?:-\d{4})?$/.exec(value?.trim() ?? '')?.[1];
  return digits?.padStart(5, '0') ?? null;
};

const within =
  (limit: number) =>
  (value: number | null): number | null =>
    value !== null && Math.abs(value) <= limit ? value : null;
/** Degrees, from -90 to 90. */
export const latitude = within(90);
/** Degrees, from -180 to 180. */
export const longitude = within(180);

/** Seconds, more than none. */
export const duration = (value: number | null): number | null =>
  value !== null && value > 0 && Number.isFinite(value) ? value : null;

/** HTTP methods are written in upper case. */
export const method = (value: string | null): string | null => text(value)?.toUpperCase() ?? null;

const identity = { ts: eventTime, sessionId } as const;
const device = {
  city: text,
  zip,
  state,
  userAgent: unquoted,
  lon: longitude,
  lat: latitude,
} as const;
const user = { firstName: text, lastName: text, gender, registration: epochMillis } as const;
const song = { artist: text, song: text, duration } as const;

/** How the events of each topic are cleaned: a rule for each field that needs one. */
export const cleaningRules = {
  listen_events: { ...identity, auth: text, level, ...song, ...device, ...user },
  page_view_events: {
    ...identity,
    page: text,
    method,
    auth: text,
    level,
    ...song,
    ...device,
    ...user,
  },
  auth_events: { ...identity, level, ...device, ...user },
  status_change_events: { ...identity, auth: text, level, ...device, ...user },
} as const;
