import { defineEvent, type EventValue } from '@streamify/core';

const schema = {
  type: 'record',
  name: 'Play',
  fields: [
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'listener', type: 'string' },
    { name: 'song', type: 'string' },
  ],
} as const;

/** A play of a song, by listener: for tests that give plays a new key. */
export const SongPlay = defineEvent(schema, { time: 'at', key: 'listener' });
export type SongPlay = EventValue<typeof SongPlay>;

/** The same by song. */
export const PlayBySong = defineEvent(schema, { time: 'at', key: 'song' });

/** Plays per song and window of `size` milliseconds, counted without any stream: a line each, sorted. */
export function windowsBySong(plays: readonly SongPlay[], size: number): string[] {
  const counts = new Map<string, number>();
  for (const { at, song } of plays) {
    const window = `${song} ${Math.floor(at / size) * size}`;
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return [...counts].map(([window, n]) => `${window} ${n}`).sort();
}
