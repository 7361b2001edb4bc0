import { avroEncoder } from '../codec/avro-codec.ts';
import { avroType } from '../codec/avro-type.ts';
import { prefixLength } from '../codec/wire-format.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochOutput, SideElement } from '../contract/epoch.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { JobOptions } from '../job/job-options.ts';
import type { Arrival, Task } from '../task/task.ts';
import { RestorableTask } from './restorable-task.ts';

/** What {@link jobRunner} looks at of a job. */
export type RunnableJob<A, B> = Pick<
  JobOptions<A, B>,
  'from' | 'through' | 'maxFutureSkew' | 'idleAfter'
>;

export interface JobRunnerOptions {
  /**
   * Where the clock starts, in epoch milliseconds; it then moves only by `advance`. Without it the
   * clock starts at 0 and follows the newest event.
   */
  readonly now?: number;
}

/** What is stored of a pipeline's output: the value of an event, or a result. */
export type StoredRow<B> = B extends StreamEvent<infer T> ? T : B;

/** A job in virtual time, with one partition and no log or sink. */
export interface JobRunner<A, B> {
  /** Takes events through the pipeline as one epoch and commits it. */
  push(...values: readonly A[]): void;
  /** Moves the clock on. In a job with `idleAfter`, event time follows it once nothing has come for long. */
  advance(ms: number): void;
  /** Tears the pipeline down and goes on as another process would: from what was committed. */
  restart(): void;
  /** Ends the events: windows close. */
  complete(): void;
  /** All that was committed so far. */
  readonly rows: readonly StoredRow<B>[];
  readonly dead: readonly DeadLetter[];
  readonly counts: Readonly<Record<string, number>>;
  /** The elements of a side output, such as `tumblingWindow.late`. */
  aside(output: string): readonly unknown[];
  /** The clock, in epoch milliseconds. */
  readonly now: number;
  /** How far event time has come, in epoch milliseconds. */
  readonly watermark: number;
}

const DAY = 86_400_000;

/**
 * Runs a job step by step in virtual time: nothing waits, and nothing is asynchronous. Events are
 * encoded and decoded on the way, as a log would have it.
 *
 * @throws CodecError from `push`, when a value does not fit the topic's schema.
 *
 * @example
 * const job = jobRunner({ from: log.topic('plays', Play), through: plays5m });
 * job.push({ at: 0, song: 'So What' });
 * job.restart();
 * job.push({ at: 300_000, song: 'Imagine' });
 * expect(job.rows).toEqual([{ key: 'So What', start: 0, end: 300_000, result: 1 }]);
 */
export function jobRunner<A, B>(
  job: RunnableJob<A, B>,
  options: JobRunnerOptions = {},
): JobRunner<A, B> {
  const { from, through, maxFutureSkew = DAY, idleAfter = Number.POSITIVE_INFINITY } = job;
  const { type, name: topic } = from;
  const schemaId = 1;
  const { encode } = avroEncoder(type, schemaId);
  const codec = avroType(type.schema);
  const task = new RestorableTask<A, B>(through, { maxFutureSkew });
  const rows: StoredRow<B>[] = [];
  const [aside, dead]: [SideElement[], DeadLetter[]] = [[], []];
  const counts: Record<string, number> = {};
  let now = options.now ?? 0;
  let heardAt = now;
  let offset = 0;

  const commit = (output: EpochOutput<B>) => {
    for (const row of output.rows) rows.push(rowOf(row) as StoredRow<B>);
    aside.push(...output.aside);
    dead.push(...output.dead);
    for (const [name, n] of Object.entries(output.counts)) counts[name] = (counts[name] ?? 0) + n;
  };
  const arrivalAt = (at: number, key: string, value: Uint8Array): Arrival => ({
    record: { offset: at, key, value, loggedAt: now },
    position: { topic, partition: 0, offset: at },
    schemaId: value.length > 0 ? schemaId : undefined,
  });
  const end = () => arrivalAt(offset - 1, '', new Uint8Array());

  const pushOne = (open: Task<A, B>, bytes: Uint8Array) => {
    const value = codec.fromBuffer(Buffer.from(bytes.subarray(prefixLength))) as A;
    const [time, key] = [type.timeOf(value), type.keyOf(value)];
    if (options.now === undefined && time > now) now = time;
    const arrival = arrivalAt(offset++, key, bytes);
    const refused = open.refusalOfTime(time, now);
    if (refused !== undefined) return open.pushDead(arrival, 'time', new RangeError(refused));
    open.push({ value, key, time, loggedAt: now, position: arrival.position }, arrival);
  };

  return {
    rows,
    dead,
    counts,
    aside: (output) => aside.flatMap((each) => (each.output === output ? [each.element] : [])),
    get now() {
      return now;
    },
    get watermark() {
      return task.watermark;
    },
    push(...values) {
      // Before the epoch starts: a value that does not fit leaves nothing behind.
      const encoded = values.map(encode);
      commit(
        task.epoch((open) => {
          for (const bytes of encoded) pushOne(open, bytes);
        }),
      );
      heardAt = now;
    },
    advance(ms) {
      now += ms;
      if (!(now - heardAt >= idleAfter)) return;
      heardAt = now;
      commit(task.epoch((open) => open.advanceTo(now - idleAfter, end())));
    },
    restart: () => task.restart(),
    complete: () => commit(task.epoch((open) => open.complete(end()))),
  };
}
