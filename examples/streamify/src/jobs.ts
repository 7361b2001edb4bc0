import {
  clean,
  deduplicate,
  type EventLog,
  type JobOptions,
  output,
  type Sink,
  type StreamEvent,
  type Topic,
  tumblingWindow,
} from '@streamify/core';
import {
  AuthEvent,
  type CleanEvent,
  cleanTopics,
  ListenEvent,
  PageViewEvent,
  PlaysPerSong,
  StatusChangeEvent,
} from '@streamify/models';
import { map, type OperatorFunction, pipe } from 'rxjs';
import { type AnyJob, anyJob } from './any-job.ts';
import { cleaningRules as rules } from './cleaning/cleaning-rules.ts';
import { cleanTopic, lateTopic, playsTopic } from './log-topics.ts';
import type { Targets } from './targets.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** Duplicates are looked for among the events of the last day of event time. */
const deduplicateById = <T extends { readonly eventId: string }>() =>
  deduplicate<T>({ by: ({ value }) => value.eventId, within: day });

/** Cleans the events of a topic, and passes over those that came before. */
const cleanJob = <T, C extends { readonly eventId: string }>(
  from: Topic<T>,
  cleaning: OperatorFunction<StreamEvent<T>, StreamEvent<C>>,
  into: Sink<StreamEvent<C>>,
): AnyJob =>
  anyJob({ name: `clean ${from.name}`, from, through: pipe(cleaning, deduplicateById<C>()), into });

const cleanListens = clean<ListenEvent, typeof rules.listen_events>(rules.listen_events, {
  time: 'ts',
});
const cleanPageViews = clean<PageViewEvent, typeof rules.page_view_events>(rules.page_view_events, {
  time: 'ts',
});
const cleanAuths = clean<AuthEvent, typeof rules.auth_events>(rules.auth_events, { time: 'ts' });
const cleanStatusChanges = clean<StatusChangeEvent, typeof rules.status_change_events>(
  rules.status_change_events,
  { time: 'ts' },
);

/** Cleans the four topics: a job each. */
export const cleaningJobs = (log: EventLog, { cleaned }: Targets): readonly AnyJob[] => [
  cleanJob(log.topic('listen_events', ListenEvent), cleanListens, cleaned.listen_events),
  cleanJob(log.topic('page_view_events', PageViewEvent), cleanPageViews, cleaned.page_view_events),
  cleanJob(log.topic('auth_events', AuthEvent), cleanAuths, cleaned.auth_events),
  cleanJob(
    log.topic('status_change_events', StatusChangeEvent),
    cleanStatusChanges,
    cleaned.status_change_events,
  ),
];

/** Plays of a song in a window, as far as one partition knows. */
interface Plays {
  readonly artist: string | null;
  readonly song: string | null;
  readonly partition: number;
  readonly plays: number;
}

const none: Plays = { artist: null, song: null, partition: 0, plays: 0 };

/** Listens that came when their window had closed. */
const late = output<StreamEvent<CleanEvent<'listen_events'>>>('late');

/** Counts the plays of each song in windows of five minutes of event time. */
export const countingJob = (log: EventLog, targets: Targets): AnyJob =>
  anyJob<ListenEvent, PlaysPerSong>({
    name: countingJobName,
    from: log.topic('listen_events', ListenEvent),
    through: pipe(
      cleanListens,
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
        { size: 5 * minute, lateness: 10 * minute, by: ({ value }) => value.trackId ?? '', late },
      ),
      map(({ key, start, end, result }) => ({
        trackId: key,
        windowStart: start,
        windowEnd: end,
        ...result,
      })),
    ),
    into: targets.plays,
    outputs: [late.into(targets.late)],
  });

/** The name of the job that counts plays, wherever its results go. */
const countingJobName = 'count plays_per_song';

/** The names of the jobs that clean and count: any number of processes may share their work. */
export const sharedJobNames = [
  ...Object.keys(cleanTopics).map((topic) => `clean ${topic}`),
  countingJobName,
];

/** Lands a topic of results, in one process: a DuckDB file has one writer. */
const landJob = <T>(name: string, from: Topic<T>, into: Sink<StreamEvent<T>>): AnyJob => {
  const job: JobOptions<T, StreamEvent<T>> = {
    name: `land ${name}`,
    from,
    through: (events$) => events$,
    into,
    partitions: 'all',
  };
  return anyJob(job);
};

/** Lands what the other jobs have written to topics. */
export const landingJobs = (log: EventLog, tables: Targets): readonly AnyJob[] => {
  const { cleaned } = tables;
  const { listen_events, page_view_events, auth_events, status_change_events } = cleanTopics;
  const topic = cleanTopic;
  return [
    landJob(
      'listen_events',
      log.topic(topic('listen_events'), listen_events),
      cleaned.listen_events,
    ),
    landJob(
      'page_view_events',
      log.topic(topic('page_view_events'), page_view_events),
      cleaned.page_view_events,
    ),
    landJob('auth_events', log.topic(topic('auth_events'), auth_events), cleaned.auth_events),
    landJob(
      'status_change_events',
      log.topic(topic('status_change_events'), status_change_events),
      cleaned.status_change_events,
    ),
    landJob('plays_per_song', log.topic(playsTopic, PlaysPerSong), tables.plays),
    landJob(lateTopic, log.topic(lateTopic, listen_events), tables.late),
  ];
};
