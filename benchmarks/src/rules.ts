import { type Cleaned, reject } from '@streamify/core';
import type { ListenEvent } from '@streamify/models';

const text = (value: string | null): string | null => value?.trim() || null;
const within = (limit: number) => (value: number | null) =>
  value !== null && Math.abs(value) <= limit ? value : null;

/** Cleaning of the kind that the example does, a rule a field. */
export const rules = {
  ts: (value: number | null): number => value ?? reject('no timestamp'),
  sessionId: (value: number | null): number => value ?? reject('no session'),
  artist: text,
  song: text,
  city: text,
  state: (value: string | null) => value?.trim().toUpperCase() ?? null,
  userAgent: text,
  lon: within(180),
  lat: within(90),
  duration: (value: number | null) => (value !== null && value > 0 ? value : null),
} as const;

export type CleanListen = Cleaned<ListenEvent, typeof rules>;

/** The same cleaning, written out by hand. */
export function cleanListen(event: ListenEvent): CleanListen {
  return {
    ...event,
    ts: rules.ts(event.ts),
    sessionId: rules.sessionId(event.sessionId),
    artist: text(event.artist),
    song: text(event.song),
    city: text(event.city),
    state: rules.state(event.state),
    userAgent: text(event.userAgent),
    lon: rules.lon(event.lon),
    lat: rules.lat(event.lat),
    duration: rules.duration(event.duration),
  };
}
