import { assignAll } from '../adapter/assign-all.ts';
import { FencedError, UnknownTopicError } from '../contract/errors.ts';
import type { Assignment, EventLog } from '../contract/event-log.ts';
import type { StateView } from '../state/state-view.ts';
import type { Task } from '../task/task.ts';
import { aborted, untilAborted } from './aborted.ts';
import { assignGrowing } from './assign-growing.ts';
import { systemClock } from './clock.ts';
import type { CommitReport } from './commit-queue.ts';
import type { Job } from './job-options.ts';
import { LostPartitions } from './lost-partitions.ts';
import { isFinal } from './retry.ts';
import { type JobSummary, RunOutcome } from './run-outcome.ts';
import { workOnPartition } from './work-on-partition.ts';

/** A partition that this process works on. */
interface HeldPartition {
  finished: Promise<void>;
  /** Ends the work on the partition. */
  readonly release: AbortController;
  /** Whether the work has come to the end of the partition. */
  isDone: boolean;
}

/** How often a run that does all partitions takes one back that another owner has taken. */
const mostLosses = 3;

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
    return this.#outcome.summary({ allOrNothing: this.#endsByItself && !this.#isShared });
  }

  /** Whether other processes may have partitions of the job. */
  get #isShared(): boolean {
    return this.#assignment?.isShared === true;
  }

  get #endsByItself(): boolean {
    return this.#job.atEnd !== undefined && this.#job.atEnd !== 'wait';
  }

  #join(): Promise<Assignment> {
    const listener = {
      assigned: (partition: number) => this.#assigned(partition),
      revoked: (partition: number) => this.#revoked(partition),
    };
    // Unless it is told otherwise, a job that ends has done all partitions then: others may have died with theirs.
    const { partitions = this.#endsByItself ? 'all' : 'shared', clock = systemClock } = this.#job;
    if (partitions === 'shared') return this.#log.assign(this.#job.name, this.#topics, listener);
    const partitionsOf = (topic: string) => this.#log.partitions(topic);
    return this.#endsByItself
      ? assignAll(this.#topics, partitionsOf, listener)
      : assignGrowing(this.#topics, partitionsOf, listener, clock);
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
    const held: HeldPartition = { finished: Promise.resolve(), release, isDone: false };
    this.#held.set(partition, held);
    held.finished = workOnPartition(this.#job, {
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
      .then(() => this.#cameToEnd(partition, held))
      .catch((cause: unknown) => this.#ended(partition, release, cause))
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#unfinished--;
        this.#stopIfDone();
      });
  }

  #cameToEnd(partition: number, held: HeldPartition): void {
    if (held.release.signal.aborted) return;
    held.isDone = true;
    this.#lost.regained(partition);
    this.#outcome.done(partition);
  }

  /** Ends a run that ends by itself once all of its share is done. An empty share is one that may grow yet. */
  #stopIfDone(): void {
    const held = [...this.#held.values()];
    const isDone = held.length > 0 && held.every((each) => each.isDone) && this.#lost.isEmpty;
    if (isDone && this.#endsByItself) this.#stop.abort();
  }

  async #revoked(partition: number): Promise<void> {
    this.#lost.giveUp(partition);
    this.#held.get(partition)?.release.abort();
    await this.#held.get(partition)?.finished;
    this.#held.delete(partition);
    this.#stopIfDone();
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
    this.#outcome.fenced(partition, cause);
    const losses = this.#lost.add(partition);
    this.#job.onFenced?.(partition, cause);
    // Of two runs that each do all partitions, and began at one time, the one that has the first goes on.
    if (!this.#isShared && (partition === 0 || losses > mostLosses))
      this.#fail(takenOver(this.#job.name, cause));
    else void this.#reclaim(partition).catch((failure) => this.#fail(failure));
  }

  /**
   * Works again, after a wait, on a partition that another owner has taken over, unless the group has moved
   * the partition by then. The other owner may be dead, and nobody would have the partition.
   */
  async #reclaim(partition: number): Promise<void> {
    const { clock = systemClock } = this.#job;
    const among = this.#isShared ? 'shared' : 'alone';
    const stopping = this.#stopping;
    if (await this.#lost.wait(partition, among, { clock, stopping })) this.#assigned(partition);
  }

  #fail(cause: unknown): void {
    this.#outcome.failed(cause);
    this.#stop.abort();
  }
}

/** Makes the error of a run that another process has taken the job from. */
function takenOver(job: string, cause: FencedError): FencedError {
  return new FencedError(
    `another process has taken job ${job} over, and goes on with it: ${cause.message}. Where several are to share its partitions, and the log shares them out, give each of them partitions: 'shared'`,
    { cause },
  );
}
