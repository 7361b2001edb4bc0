import { assignAll } from '../adapter/assign-all.ts';
import { FencedError, UnknownTopicError } from '../contract/errors.ts';
import type { Assignment, EventLog } from '../contract/event-log.ts';
import type { StateView } from '../state/state-view.ts';
import type { Task } from '../task/task.ts';
import { aborted, untilAborted } from './aborted.ts';
import { systemClock } from './clock.ts';
import type { CommitReport } from './commit-queue.ts';
import type { Job } from './job-options.ts';
import { LostPartitions } from './lost-partitions.ts';
import { isFinal } from './retry.ts';
import { type JobSummary, RunOutcome } from './run-outcome.ts';
import { workOnPartition } from './work-on-partition.ts';

/** A partition that this process works on. */
interface HeldPartition {
  readonly finished: Promise<void>;
  /** Ends the work on the partition. */
  readonly release: AbortController;
}

/**
 * One run of a job in this process: the partitions it works on, and how it ends.
 *
 * Long because partitions begin and end in it at the word of three others: the log, the job and their tasks.
 */
export class JobRun<A, B> {
  readonly #job: Job<A, B>;
  readonly #log: EventLog;
  readonly #topics: readonly string[];
  readonly #stop = new AbortController();
  /** Ends the run at once. */
  readonly #abort: AbortSignal;
  /** Ends the run once the open epochs are committed. */
  readonly #stopping: AbortSignal;
  readonly #held = new Map<number, HeldPartition>();
  readonly #lost = new LostPartitions();
  readonly #tasks = new Map<number, Task<A, B>>();
  readonly #outcome = new RunOutcome();
  #unfinished = 0;
  #assignment: Assignment | undefined;

  constructor(job: Job<A, B>) {
    const { inputs, signal, abort = new AbortController().signal } = job;
    this.#job = job;
    this.#log = inputs[0].topic.log;
    this.#topics = inputs.map(({ topic }) => topic.name);
    this.#abort = abort;
    this.#stopping = AbortSignal.any([this.#stop.signal, abort, ...(signal ? [signal] : [])]);
  }

  /** The partitions whose tasks run just now, ascending. */
  get partitions(): readonly number[] {
    return [...this.#tasks.keys()].sort((a, b) => a - b);
  }

  /** The state of the task of a partition; `undefined` when it does not run. */
  state(partition: number): StateView | undefined {
    return this.#tasks.get(partition)?.view;
  }

  /** Ends the run once the open epochs are committed. */
  stop(): void {
    this.#stop.abort();
  }

  /** Works on all partitions that are this process', until the end. */
  async run(): Promise<JobSummary> {
    for (const topic of this.#topics)
      if ((await this.#log.partitions(topic)) === undefined)
        throw new UnknownTopicError(`there is no topic ${topic}: create it with createTopic`);
    for (const { topic } of this.#job.inputs) await topic.codec.checkReadable();
    this.#abort.throwIfAborted();
    const joining = this.#join();
    const share = await untilAborted(joining, this.#stopping);
    if (share) await this.#workOn(share);
    // Nobody waits for a group that is no longer wanted.
    else joining.then((late) => late.close()).catch(() => {});
    this.#abort.throwIfAborted();
    return this.#outcome.summary({ allOrNothing: this.#endsByItself });
  }

  get #endsByItself(): boolean {
    return this.#job.atEnd !== undefined && this.#job.atEnd !== 'wait';
  }

  #join(): Promise<Assignment> {
    const listener = {
      assigned: (partition: number) => this.#assigned(partition),
      revoked: (partition: number) => this.#revoked(partition),
    };
    // A job that ends has to have done all partitions: other processes that share them may have died.
    return this.#endsByItself || this.#job.partitions === 'all'
      ? assignAll(this.#topics, (topic) => this.#log.partitions(topic), listener)
      : this.#log.assign(this.#job.name, this.#topics, listener);
  }

  /** Resolves when the run is to end and all of its share is done, or at once when it is aborted. */
  async #workOn(share: Assignment): Promise<void> {
    this.#assignment = share;
    share.ended.catch((cause) => this.#fail(cause));
    const finish = async () => {
      await aborted(this.#stopping);
      await Promise.all([...this.#held.values()].map(({ finished }) => finished));
      await share.close();
    };
    const finishing = finish();
    finishing.catch(() => {});
    await untilAborted(finishing, this.#abort);
    this.#abort.throwIfAborted();
    await finishing;
  }

  #assigned(partition: number): void {
    if (this.#held.has(partition)) return;
    this.#unfinished++;
    const release = new AbortController();
    const finished = workOnPartition(this.#job, {
      partition,
      signal: AbortSignal.any([this.#stopping, release.signal]),
      abort: this.#abort,
      onCommit: (committed) => this.#committed(committed),
      taskCount: () => this.#unfinished,
      onTask: (task) => {
        if (task) this.#tasks.set(partition, task);
        else this.#tasks.delete(partition);
      },
    })
      .catch((cause: unknown) => this.#ended(partition, release, cause))
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#unfinished--;
        if (this.#unfinished === 0 && this.#endsByItself) this.#stop.abort();
      });
    this.#held.set(partition, { finished, release });
  }

  async #revoked(partition: number): Promise<void> {
    this.#lost.giveUp(partition);
    this.#held.get(partition)?.release.abort();
    await this.#held.get(partition)?.finished;
    this.#held.delete(partition);
  }

  #committed(committed: CommitReport): void {
    const { partition, nextByInput } = committed;
    this.#lost.regained(partition);
    this.#outcome.committed(committed);
    for (const { name, topic } of this.#job.inputs)
      this.#assignment?.committed?.(topic.name, partition, nextByInput[name] ?? 0);
    try {
      this.#job.onCommit?.(committed);
    } catch (cause) {
      this.#fail(cause);
      throw cause;
    }
  }

  /** Handles the error that the work on a partition has ended with. */
  #ended(partition: number, { signal: released }: AbortController, cause: unknown): void {
    // Whoever has it now goes on from what is committed.
    if (released.aborted && (cause instanceof FencedError || !isFinal(cause))) return;
    if (!(cause instanceof FencedError)) {
      this.#fail(cause);
      return;
    }
    this.#held.delete(partition);
    this.#outcome.fenced(cause);
    this.#job.onFenced?.(partition, cause);
    if (this.#assignment?.isShared)
      void this.#reclaim(partition).catch((failure) => this.#fail(failure));
    else if (this.#unfinished === 1) this.#fail(cause);
  }

  /**
   * Works again, after a wait, on a partition that another owner has taken over, unless the group has moved
   * the partition by then. The other owner may be dead, and nobody would have the partition.
   */
  async #reclaim(partition: number): Promise<void> {
    const { clock = systemClock } = this.#job;
    if (await this.#lost.wait(partition, clock, this.#stopping)) this.#assigned(partition);
  }

  #fail(cause: unknown): void {
    this.#outcome.failed(cause);
    this.#stop.abort();
  }
}
