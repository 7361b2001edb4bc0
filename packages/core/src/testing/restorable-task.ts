import { stateAfter } from '../adapter/state-after.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import type { Arrival } from '../task/arrival.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { completeTask, settleAll } from '../task/settle.ts';
import { Task, type TaskOptions } from '../task/task.ts';
import { watched } from './watched.ts';

/** A task without log and sink, whose epochs are kept as a sink would keep them. */
export class RestorableTask<A, B> {
  readonly #options: TaskOptions<A, B>;
  #task: Task<A, B>;
  #saved: readonly Uint8Array[] = [];

  constructor(pipeline: Pipeline<A, B>, options: Omit<TaskOptions<A, B>, 'pipeline'> = {}) {
    this.#options = { ...options, pipeline: watched(pipeline) };
    this.#task = new Task(this.#options);
  }

  get watermark(): number {
    return this.#task.watermark;
  }

  refusalOfTime(time: number, loggedAt: number): string | undefined {
    return this.#task.refusalOfTime(time, loggedAt);
  }

  /** Does work as one epoch, with what it calls for, and keeps what it saved. */
  async epoch(work: (task: Task<A, B>) => void): Promise<EpochOutput<B>> {
    this.#task.run(() => work(this.#task));
    await settleAll(this.#task);
    return this.#take();
  }

  /** Ends the events, as the last epoch. */
  async complete(last: Arrival): Promise<EpochOutput<B>> {
    await completeTask(this.#task, last);
    return this.#take();
  }

  /** Goes on as another process would: with a new pipeline and what was saved. */
  restart(): void {
    this.#task.close();
    this.#task = new Task(this.#options);
    this.#task.restore(this.#saved);
  }

  #take(): EpochOutput<B> {
    const { output, state } = this.#task.takeEpoch();
    this.#saved = stateAfter(this.#saved, state, ({ bytes }) => bytes);
    return output;
  }
}
