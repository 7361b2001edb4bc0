import { setImmediate } from 'node:timers/promises';
import type { Arrival } from '../task/arrival.ts';
import { MergedInputs } from '../task/merged-inputs.ts';
import type { PartitionInput } from '../task/partition-input.ts';
import type { Task } from '../task/task.ts';
import type { Clock } from './clock.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Job } from './job-options.ts';
import { type EpochSize, TaskWork } from './task-work.ts';

/** Most records of the open epochs of all tasks together, and of one epoch where the tasks are many, unless the job says. */
const RECORDS_OF_EPOCHS = 20_000;
const RECORDS_OF_EPOCH = 1_000;
/** Records that are processed at once while a commit is under way. */
const RECORDS_A_TURN = 100;

/** An open task, with its inputs, its commits and the signals that end it. */
export interface OpenTask<A, B> {
  readonly task: Task<A, B>;
  readonly inputs: readonly [PartitionInput<A>, ...PartitionInput<A>[]];
  readonly commits: CommitQueue<B>;
  /** Describes the task's states. */
  readonly pipeline: string;
  readonly partition: number;
  readonly clock: Clock;
  /** Ends the work once the open epoch is committed. */
  readonly signal: AbortSignal;
  /** Ends the work at once. */
  readonly abort: AbortSignal;
  /** How many tasks the process works on. */
  readonly taskCount: () => number;
}

/**
 * Works on one partition, epoch by epoch: pulls slices of the log, pushes them through the pipeline,
 * commits the results. While one epoch commits the next is processed, so at most two are in memory, and
 * nothing is pulled beyond them.
 *
 * The loop waits for calls of asynchronous operators twice: when as many are under way as may be, and
 * before the epoch is committed.
 */
export class EpochLoop<A, B> {
  readonly #job: Job<A, B>;
  readonly #open: OpenTask<A, B>;
  readonly #inputs: MergedInputs<A>;
  readonly #work: TaskWork<A, B>;
  readonly #idleAfter: number;
  /** Fires when no more records are wanted. */
  readonly #halt: AbortSignal;
  /** When the clock last moved event time. */
  #movedAt: number;

  constructor(job: Job<A, B>, open: OpenTask<A, B>) {
    const { idleAfter = Number.POSITIVE_INFINITY } = job;
    const { inputs, clock, signal, commits } = open;
    this.#job = job;
    this.#open = open;
    this.#idleAfter = idleAfter;
    this.#inputs = new MergedInputs(inputs, { idleAfter, now: clock.now });
    this.#work = new TaskWork(job, open);
    this.#halt = AbortSignal.any([signal, commits.failed]);
    this.#movedAt = clock.now();
  }

  /** Resolves at the end of the partition, or when `signal` has fired and all is committed. */
  async run(): Promise<void> {
    try {
      await this.#workToEnd();
    } finally {
      this.#work.close();
    }
  }

  async #workToEnd(): Promise<void> {
    const { task, commits, signal } = this.#open;
    while (!this.#halt.aborted && !this.#inputs.isEnded)
      if ((await this.#fillEpoch()) > 0) await this.#commitEpoch();
      else await this.#moveByClock();
    if (this.#job.atEnd === 'complete' && !signal.aborted) await this.#complete();
    await commits.settled();
    task.check();
  }

  /** Pulls and processes the records of an epoch. Resolves with their number. */
  async #fillEpoch(): Promise<number> {
    const { clock, commits, taskCount } = this.#open;
    const { maxBytes = 16 * 1024 * 1024, maxWait = 1_000 } = this.#job.epoch ?? {};
    const closesAt = clock.now() + maxWait;
    const share = Math.max(RECORDS_OF_EPOCH, Math.ceil(RECORDS_OF_EPOCHS / taskCount()));
    const { maxRecords = share } = this.#job.epoch ?? {};
    const size: EpochSize = { records: 0, bytes: 0 };
    const isFull = () => size.records >= maxRecords || size.bytes >= maxBytes;
    while (!isFull() && !this.#inputs.isEnded && !this.#halt.aborted) {
      const left = closesAt - clock.now();
      if (size.records > 0 && left <= 0) break;
      await this.#inputs.fetch({
        maxRecords: maxRecords - size.records,
        maxBytes: maxBytes - size.bytes,
        maxWait: Math.max(0, Math.min(left, this.#inputs.untilIdle(this.#movedAt))),
        signal: this.#halt,
      });
      if (this.#inputs.isBlocked) break;
      // A commit that is under way has steps of its own: they need not wait for all of an epoch.
      if (commits.isCommitting) await setImmediate();
      const turn = commits.isCommitting ? size.records + RECORDS_A_TURN : maxRecords;
      const most = Math.min(maxRecords, turn);
      await this.#pushSlice(size, { most, maxBytes, closesAt });
    }
    return size.records;
  }

  /** Pushes the records at hand, up to the bounds, and as calls of asynchronous operators leave room. */
  async #pushSlice(
    size: EpochSize,
    bounds: { readonly most: number; readonly maxBytes: number; readonly closesAt: number },
  ): Promise<void> {
    const { task, clock } = this.#open;
    const isDone = () =>
      size.records >= bounds.most || size.bytes >= bounds.maxBytes || this.#inputs.isBlocked;
    this.#work.push(this.#inputs, size, isDone);
    while (!isDone() && !this.#halt.aborted && clock.now() < bounds.closesAt) {
      // Event time that the topic carries waits its turn behind the calls of what came before.
      if (task.isFull) await this.#work.settleOne();
      else await this.#work.settle();
      this.#work.push(this.#inputs, size, isDone);
    }
  }

  async #commitEpoch(): Promise<void> {
    const { task, commits, pipeline, signal } = this.#open;
    const { atEnd = 'wait' } = this.#job;
    await this.#work.settle();
    if (signal.aborted || (atEnd === 'stop' && this.#inputs.isEnded)) task.checkNothingHeldBack();
    const { next } = this.#inputs;
    await commits.add(task.takeEpoch(), { next, watermark: task.watermark, pipeline });
  }

  /** Lets the clock move event time where nothing has come for long, as an epoch of its own. */
  async #moveByClock(): Promise<void> {
    const { task, clock } = this.#open;
    const now = clock.now();
    if (now - this.#movedAt < this.#idleAfter || !this.#inputs.isIdle) return;
    this.#movedAt = now;
    this.#work.run(() => task.advanceTo(now - this.#idleAfter, this.#lastArrival()));
    await this.#commitEpoch();
  }

  /** Ends the events, and commits what operators held as the last epoch. */
  async #complete(): Promise<void> {
    const { task, commits, pipeline } = this.#open;
    let dead: number;
    task.checkBeforeCompletion(this.#lastArrival());
    do {
      // A failure leaves a new pipeline, which does not know yet that its events have ended.
      dead = task.seen.dead;
      this.#work.run(() => task.complete(this.#lastArrival()));
      await this.#work.settle();
    } while (!task.isCompleted && task.seen.dead > dead);
    task.checkCompleted();
    const { next } = this.#inputs;
    await commits.add(task.takeEpoch(), { next, watermark: task.watermark, pipeline });
  }

  /** Stands for the last record where there is none at hand. */
  #lastArrival(): Arrival {
    const { topic, next } = this.#inputs.first;
    const offset = next - 1;
    return {
      record: { offset, key: '', value: new Uint8Array(), loggedAt: 0 },
      position: { topic, partition: this.#open.partition, offset },
      schemaId: undefined,
    };
  }
}
