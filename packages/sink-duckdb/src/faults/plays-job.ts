import {
  deduplicate,
  defineEvent,
  type EventLog,
  type EventValue,
  memoryLog,
  memorySink,
  run,
  type StreamEvent,
  type Topic,
  tumblingWindow,
  type WindowResult,
} from '@streamify/core';
import { pipe, tap } from 'rxjs';

/** What the job of the fault tests reads. */
export const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'listener', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  },
  { time: 'at', key: 'listener' },
);
export type Play = EventValue<typeof Play>;

/** What the job lands: sums of ids by listener and window. */
export const sumSchema = {
  type: 'record',
  name: 'Sum',
  fields: [
    { name: 'key', type: 'string' },
    { name: 'start', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'end', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'result', type: 'long' },
  ],
} as const;
export type Sum = WindowResult<number>;

export const JOB = 'sums';

/** Plays out of order, with duplicates, late ones, and some that {@link sums} throws at. */
export const plays: readonly Play[] = Array.from({ length: 400 }, (_, i) => {
  const id = i % 17 === 3 && i > 20 ? i - 11 : i;
  const delay = id % 31 === 5 ? 700 : (id * 7919) % 150;
  return { id, listener: `u${(id * 31) % 9}`, at: id * 10 - delay };
});

/** The job's pipeline: state of two kinds, duplicates, late events, dead letters. */
export const sums = pipe(
  deduplicate<Play>({ by: ({ value }) => String(value.id), within: 500 }),
  tap(({ value }: StreamEvent<Play>) => {
    if (value.id % 77 === 50) throw new Error('poison event');
  }),
  tumblingWindow<Play, number>(
    { zero: 0, add: (sum, { value }) => sum + value.id },
    { size: 200, lateness: 150 },
  ),
);

/** Publishes the plays into a new topic of the log. */
export async function publishPlays(log: EventLog): Promise<Topic<Play>> {
  await log.createTopic('plays', { partitions: 1 });
  const topic = log.topic('plays', Play);
  await topic.publish(plays);
  return topic;
}

/** All that was delivered, a line each, in any order. */
export function linesOf(delivered: {
  readonly rows: readonly Sum[];
  /** Offsets of the late events, and of the dead ones. */
  readonly late: readonly number[];
  readonly dead: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
}): readonly string[] {
  const { rows, late, dead, counts } = delivered;
  return [
    ...rows.map(({ key, start, end, result }) => `${key} ${start} to ${end}: ${result}`),
    ...late.map((offset) => `late ${offset}`),
    ...dead.map((offset) => `dead ${offset}`),
    ...Object.entries(counts).map(([name, n]) => `count of ${name} is ${n}`),
  ];
}

/** What the job delivers when nothing disturbs it. */
export async function undisturbed(): Promise<readonly string[]> {
  const log = memoryLog();
  const into = memorySink<Sum>();
  await run({
    name: JOB,
    from: await publishPlays(log),
    through: sums,
    into,
    atEnd: 'complete',
  });
  return linesOf({
    rows: into.rows,
    late: into.aside.map(({ cause }) => cause.offset),
    dead: into.dead.map(({ position }) => position.offset),
    counts: into.counts(JOB),
  });
}
