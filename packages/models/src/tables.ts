import { defineEvent, type EventValue, type RecordSchema } from '@streamify/core';
import { AuthEvent } from './events/auth-event.ts';
import { ListenEvent } from './events/listen-event.ts';
import { PageViewEvent } from './events/page-view-event.ts';
import { StatusChangeEvent } from './events/status-change-event.ts';

/** A field that is never null once events are clean. */
const cleaned = {
  ts: { name: 'ts', type: { type: 'long', logicalType: 'timestamp-millis' } },
  sessionId: { name: 'sessionId', type: 'long' },
} as const;
type Cleaned = typeof cleaned;
type CleanFields<F> = {
  readonly [I in keyof F]: F[I] extends { readonly name: infer N extends keyof Cleaned }
    ? Cleaned[N]
    : F[I];
};

/** The table of a topic: its events as they are after cleaning, with a time and a session. */
const tableOf = <const S extends RecordSchema>({ schema }: { readonly schema: S }) => ({
  type: 'record' as const,
  name: schema.name,
  fields: schema.fields.map(
    (field) => cleaned[field.name as keyof Cleaned] ?? field,
  ) as unknown as CleanFields<S['fields']>,
});

/** The raw tables of the warehouse, one a topic, under the topic's name. */
export const rawTables = {
  listen_events: tableOf(ListenEvent),
  page_view_events: tableOf(PageViewEvent),
  auth_events: tableOf(AuthEvent),
  status_change_events: tableOf(StatusChangeEvent),
} as const;

/** Clean events as events, one type a topic: what a topic of them carries on its way to the table. */
export const cleanTopics = {
  listen_events: defineEvent(rawTables.listen_events, { time: 'ts', key: 'deviceId' }),
  page_view_events: defineEvent(rawTables.page_view_events, { time: 'ts', key: 'deviceId' }),
  auth_events: defineEvent(rawTables.auth_events, { time: 'ts', key: 'deviceId' }),
  status_change_events: defineEvent(rawTables.status_change_events, {
    time: 'ts',
    key: 'deviceId',
  }),
} as const;
/** A clean event of a topic. */
export type CleanEvent<T extends keyof typeof cleanTopics> = EventValue<(typeof cleanTopics)[T]>;

/**
 * Plays of a song in windows of event time. Grain: song, window, partition; add the partitions up for
 * the plays of a song, because each counts the listeners whose keys it holds.
 */
export const playsPerSong = {
  type: 'record',
  name: 'PlaysPerSong',
  fields: [
    { name: 'trackId', type: 'string', doc: 'Empty where the track is not known.' },
    { name: 'artist', type: ['null', 'string'] },
    { name: 'song', type: ['null', 'string'] },
    { name: 'windowStart', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'windowEnd', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'partition', type: 'int' },
    { name: 'plays', type: 'long' },
  ],
} as const;

/** The same as events, keyed by song, so that a window's later count comes after its earlier one. */
export const PlaysPerSong = defineEvent(playsPerSong, { time: 'windowStart', key: 'trackId' });
export type PlaysPerSong = EventValue<typeof PlaysPerSong>;
