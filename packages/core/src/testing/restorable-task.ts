import type { EpochOutput } from '../contract/epoch.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { Task, type TaskOptions } from '../task/task.ts';
import { applyChange } from './task-driver.ts';

/** A task without log and sink, whose epochs are kept as a sink would keep them. */
export class RestorableTask<A, B> {
  readonly #options: TaskOptions<A, B>;
  #task: Task<A, B>;
  #saved: readonly Uint8Array[] = [];

  constructor(pipeline: Pipeline<A, B>, options: Omit<TaskOptions<A, B>, 'pipeline'> = {}) {
    this.#options = { ...options, pipeline };
    this.#task = new Task(this.#options);
  }

  get watermark(): number {
    return this.#task.watermark;
  }

  refusalOfTime(time: number, loggedAt: number): string | undefined {
    return this.#task.refusalOfTime(time, loggedAt);
  }

  /** Does work as one epoch, and keeps what it saved. */
  epoch(work: (task: Task<A, B>) => void): EpochOutput<B> {
    this.#task.run(() => work(this.#task));
    const { output, state } = this.#task.takeEpoch();
    this.#saved = applyChange(this.#saved, state);
    return output;
  }

  /** Goes on as another process would: with a new pipeline and what was saved. */
  restart(): void {
    this.#task.close();
    this.#task = new Task(this.#options);
    this.#task.restore(this.#saved);
  }
}
