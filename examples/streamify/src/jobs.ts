import {
  clean,
  deduplicate,
  type EventLog,
  type InferAvro,
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

/** A job that is yet to be told its name and where its results go. */
type Work<A, B> = Pick<JobOptions<A, B>, 'from' | 'through'>;

/** Cleans the events of a topic, and passes over those that came before. */
export function cleaning(topic: TopicName, log: EventLog): Work<Identified, StreamEvent<Landed>> {
  const rules: Pick<(typeof cleaningRules)[TopicName], 'ts' | 'sessionId'> = cleaningRules[topic];
  return {
    from: topicIn(log, topic),
    through: pipe(clean(rules, { time: 'ts' }), deduplicateById()) as Pipeline<
      Identified,
      StreamEvent<Landed>
    >,
  };
}

/** The table of a topic. */
export const tableOf = (topic: TopicName, warehouse: DuckDBWarehouse): Sink<object> =>
  warehouse.table(topic, rawTables[topic] as RecordSchema) as Sink<object>;

/** Cleans the events of a topic and lands them in the table of its name. */
export const landingJob = (
  topic: TopicName,
  log: EventLog,
  warehouse: DuckDBWarehouse,
): JobOptions<Identified, StreamEvent<Landed>> => ({
  name: `land ${topic}`,
  ...cleaning(topic, log),
  into: tableOf(topic, warehouse),
});

/** What is landed of a song in a window. */
type PlaysPerSong = InferAvro<typeof playsPerSong>;

/** Plays of a song in a window, as far as one partition knows. */
interface Plays {
  readonly artist: string | null;
  readonly song: string | null;
  readonly partition: number;
  readonly plays: number;
}

/** Counts the plays of each song in windows of five minutes of event time. */
export function countingPlays(log: EventLog): Work<ListenEvent, PlaysPerSong> {
  const none: Plays = { artist: null, song: null, partition: 0, plays: 0 };
  return {
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
  };
}

/** The table of plays, where a window that is counted again replaces itself. */
export const playsTable = (warehouse: DuckDBWarehouse) =>
  warehouse.table('plays_per_song', playsPerSong, {
    upsert: ['track_id', 'window_start', 'partition'],
  });

/** The name of the job that counts plays, wherever its results go. */
export const countingJobName = 'count plays_per_song';

/** Counts plays and lands them. */
export const playsPerSongJob = (
  log: EventLog,
  warehouse: DuckDBWarehouse,
): JobOptions<ListenEvent, PlaysPerSong> => ({
  name: countingJobName,
  ...countingPlays(log),
  into: playsTable(warehouse),
});
