import {
  clean,
  deduplicate,
  type EventLog,
  type JobOptions,
  type Pipeline,
  type RecordSchema,
  type Sink,
  type StreamEvent,
  tumblingWindow,
} from '@streamify/core';
import { ListenEvent, playsPerSong, rawTables, type TopicName } from '@streamify/models';
import type { DuckDBWarehouse } from '@streamify/sink-duckdb';
import { map, pipe } from 'rxjs';
import { cleaningRules } from './cleaning/cleaning-rules.ts';
import { type Identified, topicIn } from './log-topics.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** An event that is clean: it has a time and a session. */
type Landed = Identified & { readonly ts: number; readonly sessionId: number };

/** Duplicates are looked for among the events of the last day of event time. */
const deduplicateById = <T extends Identified>() =>
  deduplicate<T>({ by: ({ value }) => value.eventId, within: day });

/** Cleans the events of a topic and lands them in the table of its name. */
export function landingJob(
  topic: TopicName,
  log: EventLog,
  warehouse: DuckDBWarehouse,
): JobOptions<Identified, StreamEvent<Landed>> {
  const rules: Pick<(typeof cleaningRules)[TopicName], 'ts' | 'sessionId'> = cleaningRules[topic];
  const table = warehouse.table(topic, rawTables[topic] as RecordSchema);
  return {
    name: `land ${topic}`,
    from: topicIn(log, topic),
    through: pipe(clean(rules, { time: 'ts' }), deduplicateById()) as Pipeline<
      Identified,
      StreamEvent<Landed>
    >,
    into: table as Sink<object>,
  };
}

/** Plays of a song in a window, as far as one partition knows. */
interface Plays {
  readonly artist: string | null;
  readonly song: string | null;
  readonly partition: number;
  readonly plays: number;
}

/** Counts the plays of each song in windows of five minutes of event time. */
export function playsPerSongJob(log: EventLog, warehouse: DuckDBWarehouse) {
  const none: Plays = { artist: null, song: null, partition: 0, plays: 0 };
  const table = warehouse.table('plays_per_song', playsPerSong, {
    upsert: ['track_id', 'window_start', 'partition'],
  });
  return {
    name: 'count plays_per_song',
    from: log.topic('listen_events', ListenEvent),
    through: pipe(
      clean<ListenEvent, typeof cleaningRules.listen_events>(cleaningRules.listen_events, {
        time: 'ts',
      }),
      deduplicateById(),
      tumblingWindow(
        {
          zero: none,
          add: ({ plays }, { value: { artist, song }, position: { partition } }) => ({
            artist,
            song,
            partition,
            plays: plays + 1,
          }),
        },
        { size: 5 * minute, lateness: 10 * minute, by: ({ value }) => value.trackId ?? '' },
      ),
      map(({ key, start, end, result }) => ({
        trackId: key,
        windowStart: start,
        windowEnd: end,
        ...result,
      })),
    ),
    into: table,
  };
}
