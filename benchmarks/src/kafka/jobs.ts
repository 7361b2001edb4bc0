import {
  clean,
  defineEvent,
  type EventLog,
  type EventValue,
  type JobOptions,
  type JobSettings,
  type StreamEvent,
  tumblingWindow,
} from '@streamify/core';
import { kafkaSink } from '@streamify/kafka';
import { ListenEvent } from '@streamify/models';
import { map } from 'rxjs';
import { type CleanListen, rules } from '../rules.ts';

const time = { type: 'long', logicalType: 'timestamp-millis' } as const;

/** A play under the key of its song. */
export const SongPlay = defineEvent(
  {
    type: 'record',
    name: 'SongPlay',
    fields: [
      { name: 'at', type: time },
      { name: 'song', type: 'string' },
    ],
  },
  { time: 'at', key: 'song' },
);

/** How often a song was played in a window. */
export const SongCount = defineEvent(
  {
    type: 'record',
    name: 'SongCount',
    fields: [
      { name: 'start', type: time },
      { name: 'song', type: 'string' },
      { name: 'plays', type: 'int' },
    ],
  },
  { time: 'start', key: 'song' },
);
export type SongCount = EventValue<typeof SongCount>;

export const window = 300_000;
const lateness = 600_000;

/** The names of what a run of the benchmark uses. */
export interface Names {
  readonly listens: string;
  /** Begins the names of topics that a run writes, and of its jobs. */
  readonly run: string;
}

/** The jobs by name, each from Kafka to Kafka, exactly once. */
export const jobs = {
  /** Cleans listens. */
  clean: (log: EventLog, { listens, run }: Names) =>
    settled<ListenEvent, StreamEvent<CleanListen>>({
      name: `${run}.clean`,
      from: log.topic(listens, ListenEvent),
      through: (events$) => events$.pipe(clean<ListenEvent, typeof rules>(rules, { time: 'ts' })),
      into: kafkaSink<CleanListen>(log.topic(`${run}.clean`, ListenEvent as never)),
    }),
  /** Gives listens the key of their song. */
  rekey: (log: EventLog, { listens, run }: Names) =>
    settled<ListenEvent, { at: number; song: string }>({
      name: `${run}.rekey`,
      from: log.topic(listens, ListenEvent),
      through: (events$) =>
        events$.pipe(map(({ value: { ts, trackId } }) => ({ at: ts ?? 0, song: trackId ?? '' }))),
      into: kafkaSink(log.topic(`${run}.by-song`, SongPlay)),
    }),
  /** Counts the plays of each song in windows of five minutes. */
  count: (log: EventLog, { run }: Names) =>
    settled<EventValue<typeof SongPlay>, SongCount>({
      name: `${run}.count`,
      from: log.topic(`${run}.by-song`, SongPlay),
      through: (plays$) =>
        plays$.pipe(
          tumblingWindow({ zero: 0, add: (n: number) => n + 1 }, { size: window, lateness }),
          map(({ key, start, result }) => ({ start, song: key, plays: result })),
        ),
      into: kafkaSink(log.topic(`${run}.counts`, SongCount)),
    }),
} as const;

export type JobName = keyof typeof jobs;

/** Topics that a job writes, of as many partitions as what it reads has. */
export const outputs: Readonly<Record<JobName, string>> = {
  clean: 'clean',
  rekey: 'by-song',
  count: 'counts',
};

function settled<A, B>(job: JobOptions<A, B>): JobOptions<A, B> & JobSettings<B> {
  return { onError: { retry: { attempts: 5 } }, ...job };
}
