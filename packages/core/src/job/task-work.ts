import type { Incoming } from '../task/decode-record.ts';
import type { MergedInputs } from '../task/merged-inputs.ts';
import type { Task } from '../task/task.ts';
import type { CommitQueue } from './commit-queue.ts';
import { DeadLetterWatch } from './dead-letter-watch.ts';
import type { Job } from './job-options.ts';

/** How much of an epoch has been pushed. */
export interface EpochSize {
  records: number;
  bytes: number;
}

/** A task, its commits, and the signal that ends the work on it. */
interface WorkedOn<A, B> {
  readonly task: Task<A, B>;
  readonly commits: CommitQueue<B>;
  readonly partition: number;
  /** Ends all waits at once. */
  readonly abort: AbortSignal;
}

/** Drives a task: pushes records into it, awaits its calls, and looks at the dead letters that come of them. */
export class TaskWork<A, B> {
  readonly #on: WorkedOn<A, B>;
  readonly #watch: DeadLetterWatch<A, B>;
  /** Fires when the work no longer waits for calls. */
  readonly #giveUp: AbortSignal;
  readonly #wake = () => this.#on.task.wake();

  constructor(job: Job<A, B>, on: WorkedOn<A, B>) {
    this.#on = on;
    this.#watch = new DeadLetterWatch(job, on.partition, on.task);
    this.#giveUp = AbortSignal.any([on.abort, on.commits.failed]);
    this.#giveUp.addEventListener('abort', this.#wake);
  }

  /** Lets go of the signals, which may live on, and with them of the task. */
  close(): void {
    this.#giveUp.removeEventListener('abort', this.#wake);
  }

  /** Runs work of the task, and looks at the dead letters that it gave. */
  run(work: () => void): void {
    this.#watch.during(() => this.#on.task.run(work));
  }

  /** Pushes records until they are done, or have to wait for calls. */
  push(inputs: MergedInputs<A>, size: EpochSize, isDone: () => boolean): void {
    const { task } = this.#on;
    this.run(() => {
      while (!isDone() && !task.isFull) {
        const input = inputs.earliest();
        if (!input || (task.isWaiting && input.peek().carried)) return;
        const incoming = input.take();
        size.records++;
        size.bytes += sizeOf(incoming);
        pushOne(task, incoming);
      }
    });
  }

  /** Awaits all calls that are under way, and delivers their results. */
  async settle(): Promise<void> {
    while (this.#on.task.isWaiting) await this.settleOne();
  }

  /** Awaits one of the calls that are under way, and delivers the results that have come. */
  async settleOne(): Promise<void> {
    const { task, abort, commits } = this.#on;
    if (!this.#giveUp.aborted) await task.settled();
    abort.throwIfAborted();
    if (commits.failed.aborted) await commits.settled();
    this.run(() => task.deliver());
  }
}

function pushOne<A, B>(task: Task<A, B>, { arrival, event, carried, failure }: Incoming<A>): void {
  if (event) task.push(event, arrival);
  else if (carried) task.pushWatermark(carried, arrival);
  else if (failure) task.pushDead(arrival, failure.operator, failure.cause);
  else task.passOver('tombstones');
}

function sizeOf<A>({ arrival }: Incoming<A>): number {
  return arrival.record.key.length + arrival.record.value.length;
}
