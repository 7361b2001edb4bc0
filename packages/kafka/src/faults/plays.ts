import {
  clean,
  defineEvent,
  type EventLog,
  type EventValue,
  memoryRegistry,
  type SchemaRegistry,
} from '@streamify/core';

const fields = [
  { name: 'id', type: 'int' },
  { name: 'listener', type: 'string' },
  { name: 'song', type: 'string' },
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
] as const;
const schema = { type: 'record', name: 'Play', fields } as const;

/** What the jobs of the fault tests read. */
export const Play = defineEvent(schema, { time: 'at', key: 'listener' });
export type Play = EventValue<typeof Play>;

/** The same with another key. */
export const PlayBySong = defineEvent(schema, { time: 'at', key: 'song' });

/** Removes what the songs of {@link plays} have around them. */
export const trimmed = clean<Play, { song: (song: string) => string }>({
  song: (song) => song.trim(),
});

/**
 * Plays a second apart, up to a minute out of order; the same id always gives the same play.
 *
 * @param first the first id.
 */
export function plays(count: number, first = 0): Play[] {
  return Array.from({ length: count }, (_, i) => {
    const id = first + i;
    const scattered = (id * 7_919) % 61;
    return {
      id,
      listener: `listener ${(id * 31) % 97}`,
      song: ` song ${(id * scattered) % 41}`,
      at: 1_700_000_000_000 + id * 1_000 - scattered * 1_000,
    };
  });
}

/** A play on a line. */
export const playLine = ({ id, listener, song, at }: Play) => `${id} ${listener} ${song} ${at}`;

/** A registry of which each process has its own: it gives the same schema the same id everywhere. */
export async function registryOfPlays(...others: readonly object[]): Promise<SchemaRegistry> {
  const registry = memoryRegistry();
  for (const each of [schema, ...others] as (typeof schema)[])
    await registry.register(each.name, each);
  return registry;
}

/** Makes topics with so many partitions each. */
export async function createTopics(
  log: EventLog,
  partitions: number,
  ...topics: readonly string[]
): Promise<void> {
  for (const topic of topics) await log.createTopic(topic, { partitions });
}
