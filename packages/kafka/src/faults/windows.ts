import {
  deduplicate,
  defineEvent,
  type EventLog,
  type JobOptions,
  type Sink,
  type StreamEvent,
  tumblingWindow,
  type WindowResult,
} from '@streamify/core';
import { typedTopic } from '@streamify/core/adapter';
import { pipe } from 'rxjs';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { Play, PlayBySong, trimmed } from './plays.ts';

const MINUTE = 60_000;
const size = 5 * MINUTE;
/** Plays are up to a minute out of order. */
const lateness = 2 * MINUTE;

/** Plays of a song, or of a listener, in a window. */
export const Counted = defineEvent(
  {
    type: 'record',
    name: 'Counted',
    fields: [
      { name: 'key', type: 'string' },
      { name: 'start', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'end', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'result', type: 'long' },
    ],
  },
  { time: 'start', key: 'key' },
);
export type Counted = WindowResult<number>;

const count = tumblingWindow<Play, number>({ zero: 0, add: (n) => n + 1 }, { size, lateness });
const onceEach = deduplicate<Play>({ by: ({ value }) => String(value.id), within: 10 * MINUTE });

/** The topics of the jobs, by the beginning of their names. */
export const topicsOf = (prefix: string) => ({
  plays: `${prefix}-plays`,
  bySong: `${prefix}-by-song`,
  windows: `${prefix}-windows`,
});

/** Where rows of windows go. */
export type WindowSink = Sink<Counted | StreamEvent<Counted>>;

/** A log that gives all partitions to whoever asks, without a group. */
export function withoutGroup(log: EventLog): EventLog {
  const alone: EventLog = {
    ...log,
    async assign(_group, topics, listener) {
      const partitions = (await log.partitions(topics[0] ?? '')) ?? 0;
      const all = Array.from({ length: partitions }, (_, partition) => partition);
      for (const partition of all) listener.assigned(partition);
      const close = async () => {
        await Promise.all(all.map((partition) => listener.revoked(partition)));
      };
      return { isShared: false, ended: new Promise(() => {}), close };
    },
    topic: (name, type) => typedTopic(alone, name, type),
  };
  return alone;
}

/** Gives plays a new key: their song. */
export function rekeyJob(
  log: EventLog,
  prefix: string,
  reading = log,
): JobOptions<Play, StreamEvent<Play>> {
  const { plays, bySong } = topicsOf(prefix);
  return {
    name: `${prefix}-rekey`,
    from: reading.topic(plays, Play),
    through: trimmed,
    into: kafkaSink(log.topic(bySong, PlayBySong)),
  };
}

/** Counts plays by song, from what the re-keying gives. */
export function songsJob(log: EventLog, prefix: string, reading = log): JobOptions<Play, Counted> {
  const { bySong, windows } = topicsOf(prefix);
  return {
    name: `${prefix}-songs`,
    from: reading.topic(bySong, PlayBySong),
    through: count,
    into: kafkaSink<Counted>(log.topic(windows, Counted)),
  };
}

/** Counts plays by listener, each once. */
export function listenersJob(
  log: EventLog,
  prefix: string,
  reading = log,
): JobOptions<Play, Counted> {
  const { plays, windows } = topicsOf(prefix);
  return {
    name: `${prefix}-listeners`,
    from: reading.topic(plays, Play),
    through: pipe(onceEach, count),
    into: kafkaSink<Counted>(log.topic(windows, Counted)),
  };
}

/** A window on a line. */
export const windowLine = ({ key, start, end, result }: Counted) =>
  `${key} ${start} to ${end}: ${result}`;

/** The right windows, counted without any stream. */
export function expectedWindows(plays: readonly Play[], keyOf: (play: Play) => string): string[] {
  const counts = new Map<string, number>();
  for (const play of plays) {
    const start = Math.floor(play.at / size) * size;
    const window = `${keyOf(play)} ${start} to ${start + size}`;
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return [...counts].map(([window, n]) => `${window}: ${n}`);
}
