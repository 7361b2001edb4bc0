import { addCounts } from '../adapter/add-counts.ts';
import { avroEncoder } from '../codec/avro-codec.ts';
import { avroType } from '../codec/avro-type.ts';
import { prefixLength } from '../codec/wire-format.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { Output } from '../contract/output.ts';
import type { JobOptions } from '../job/job-options.ts';
import type { Arrival } from '../task/arrival.ts';
import type { Task } from '../task/task.ts';
import { RestorableTask } from './restorable-task.ts';

/** The options of a job that {@link jobRunner} uses. */
export type RunnableJob<A, B> = Pick<
  JobOptions<A, B>,
  'from' | 'through' | 'maxFutureSkew' | 'idleAfter'
>;

/** Options of {@link jobRunner}. */
export interface JobRunnerOptions {
  /**
   * Where the clock starts, in epoch milliseconds; it then moves only by `advance`. Without it the
   * clock starts at 0 and follows the newest event.
   */
  readonly now?: number;
}

/** The row that a sink would store of a pipeline's element: the value of an event, or a result. */
export type StoredRow<B> = B extends StreamEvent<infer T> ? T : B;

/** A job in virtual time, with one partition and no log or sink. */
export interface JobRunner<A, B> {
  /** Takes events through the pipeline as one epoch, and commits it once its asynchronous steps have come. */
  push(...values: readonly A[]): Promise<void>;
  /** Moves the clock on. In a job with `idleAfter`, event time follows it once nothing has come for long. */
  advance(ms: number): Promise<void>;
  /** Tears the pipeline down and goes on as another process would: from what was committed. */
  restart(): void;
  /** Ends the events: windows close. */
  complete(): Promise<void>;
  /** All that was committed so far. */
  readonly rows: readonly StoredRow<B>[];
  readonly dead: readonly DeadLetter[];
  readonly counts: Readonly<Record<string, number>>;
  /** The elements of a named output so far. */
  output<T>(output: Output<T>): readonly StoredRow<T>[];
  /** The elements of an output that has no name of its own, such as `tumblingWindow.late`. */
  aside(output: string): readonly unknown[];
  /** The clock, in epoch milliseconds. */
  readonly now: number;
  /** How far event time has come, in epoch milliseconds. */
  readonly watermark: number;
}

/**
 * Runs a job step by step in virtual time: nothing waits but asynchronous steps. Events are encoded and
 * decoded on the way, as a log would have it.
 *
 * `push` rejects with a CodecError when a value does not fit the topic's schema, and with a PipelineError
 * when a job would refuse the pipeline, or a step has changed a value of state in place.
 *
 * @example
 * const job = jobRunner({ from: log.topic('plays', Play), through: plays5m });
 * await job.push({ at: 0, song: 'So What' });
 * job.restart();
 * await job.push({ at: 300_000, song: 'Imagine' });
 * expect(job.rows).toEqual([{ key: 'So What', start: 0, end: 300_000, result: 1 }]);
 */
export function jobRunner<A, B>(
  job: RunnableJob<A, B>,
  options: JobRunnerOptions = {},
): JobRunner<A, B> {
  return new VirtualJob(job, options);
}

const DAY = 86_400_000;
const SCHEMA_ID = 1;

class VirtualJob<A, B> implements JobRunner<A, B> {
  readonly rows: StoredRow<B>[] = [];
  readonly dead: DeadLetter[] = [];
  readonly counts: Record<string, number> = {};
  readonly #job: RunnableJob<A, B>;
  readonly #task: RestorableTask<A, B>;
  readonly #encode: (value: A) => Uint8Array;
  readonly #followsEvents: boolean;
  readonly #aside = new Map<string, unknown[]>();
  #now: number;
  #heardAt: number;
  #offset = 0;

  constructor(job: RunnableJob<A, B>, { now }: JobRunnerOptions) {
    const { from, through, maxFutureSkew = DAY } = job;
    this.#job = job;
    this.#encode = avroEncoder(from.type, SCHEMA_ID).encode;
    this.#task = new RestorableTask<A, B>(through, { maxFutureSkew });
    this.#followsEvents = now === undefined;
    this.#now = now ?? 0;
    this.#heardAt = this.#now;
  }

  get now(): number {
    return this.#now;
  }

  get watermark(): number {
    return this.#task.watermark;
  }

  output<T>({ name }: Output<T>): readonly StoredRow<T>[] {
    return this.aside(name).map((element) => rowOf(element) as StoredRow<T>);
  }

  aside(output: string): readonly unknown[] {
    return this.#aside.get(output) ?? [];
  }

  async push(...values: readonly A[]): Promise<void> {
    // Before the epoch starts: a value that does not fit leaves nothing behind.
    const encoded = values.map(this.#encode);
    const output = await this.#task.epoch((open) => {
      for (const bytes of encoded) this.#pushOne(open, bytes);
    });
    this.#commit(output);
    this.#heardAt = this.#now;
  }

  async advance(ms: number): Promise<void> {
    const { idleAfter = Number.POSITIVE_INFINITY } = this.#job;
    this.#now += ms;
    if (!(this.#now - this.#heardAt >= idleAfter)) return;
    this.#heardAt = this.#now;
    this.#commit(
      await this.#task.epoch((open) => open.advanceTo(this.#now - idleAfter, this.#last())),
    );
  }

  restart(): void {
    this.#task.restart();
  }

  async complete(): Promise<void> {
    this.#commit(await this.#task.complete(this.#last()));
  }

  #pushOne(open: Task<A, B>, bytes: Uint8Array): void {
    const { type } = this.#job.from;
    const body = Buffer.from(bytes.subarray(prefixLength));
    const value = avroType(type.schema, type.longs).fromBuffer(body) as A;
    const [time, key] = [type.timeOf(value), type.keyOf(value)];
    if (this.#followsEvents && time > this.#now) this.#now = time;
    const arrival = this.#arrivalAt(this.#offset++, key, bytes);
    const refused = open.refusalOfTime(time, this.#now);
    if (refused === undefined)
      open.push({ value, key, time, loggedAt: this.#now, position: arrival.position }, arrival);
    else open.pushDead(arrival, 'time', new RangeError(refused));
  }

  #arrivalAt(offset: number, key: string, value: Uint8Array): Arrival {
    return {
      record: { offset, key, value, loggedAt: this.#now },
      position: { topic: this.#job.from.name, partition: 0, offset },
      schemaId: value.length > 0 ? SCHEMA_ID : undefined,
    };
  }

  #last(): Arrival {
    return this.#arrivalAt(this.#offset - 1, '', new Uint8Array());
  }

  #commit({ rows, aside, dead, counts }: EpochOutput<B>): void {
    for (const row of rows) this.rows.push(rowOf(row) as StoredRow<B>);
    for (const { output, element } of aside)
      this.#aside.set(output, [...(this.#aside.get(output) ?? []), element]);
    this.dead.push(...dead);
    addCounts(this.counts, counts);
  }
}
