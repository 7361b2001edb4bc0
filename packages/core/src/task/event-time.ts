import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import { StateTable } from '../state/state-table.ts';

const WRITERS = 0;
const TASKS_OF_JOB = 1;
const CLOCK = 2;

/**
 * The watermark of a task: the newest event time, or, once its topic has carried a watermark, that of the
 * slowest of the tasks that feed the topic.
 *
 * Watermarks that a restart could not find again in the log's events are kept in a table and checkpointed.
 */
export class EventTime {
  readonly table = new StateTable('task.time', { recording: true });
  #newest = Number.NEGATIVE_INFINITY;
  #carried: number | undefined;

  /** Whether the topic carries watermarks, so that events move none. */
  get isCarried(): boolean {
    return this.#carried !== undefined;
  }

  /** Epoch milliseconds; `-Infinity` at first. */
  get watermark(): number {
    return this.#carried ?? this.#newest;
  }

  /** Notes the time of an event; `NaN` moves nothing. */
  observe(time: number): void {
    if (time > this.#newest) this.#newest = time;
  }

  /** Notes the watermark of a writer. A writer never goes back: one that starts again repeats itself. */
  report({ writer, writers, watermark }: CarriedWatermark): void {
    const before = this.table.get(WRITERS, writer) as number | undefined;
    if (before === undefined || watermark > before) this.table.set(WRITERS, writer, watermark);
    const job = jobOf(writer);
    if (this.table.get(TASKS_OF_JOB, job) !== writers) this.table.set(TASKS_OF_JOB, job, writers);
    this.#carried = this.#slowest();
  }

  /** Moves event time on by the clock. */
  moveTo(time: number): void {
    this.table.set(CLOCK, '', time);
    this.observe(time);
  }

  /** Finds its place again from the restored table. */
  restored(): void {
    this.observe((this.table.get(CLOCK, '') as number | undefined) ?? Number.NEGATIVE_INFINITY);
    if (this.table.size(WRITERS) > 0) this.#carried = this.#slowest();
  }

  /** The minimum over all writers; `-Infinity` until each task of each job has reported. */
  #slowest(): number {
    const watermarks = this.table.entries(WRITERS) as [string, number][];
    for (const [job, tasks] of this.table.entries(TASKS_OF_JOB) as [string, number][]) {
      const reported = watermarks.filter(([writer]) => jobOf(writer) === job).length;
      if (reported < tasks) return Number.NEGATIVE_INFINITY;
    }
    return watermarks.reduce((least, [, time]) => Math.min(least, time), Number.POSITIVE_INFINITY);
  }
}

function jobOf(writer: string): string {
  return writer.slice(0, writer.lastIndexOf('/'));
}
