import type { EpochCommit } from '../contract/epoch.ts';
import type { SinkTask } from '../contract/sink.ts';
import type { TaskEpoch } from '../task/task.ts';

/** Position and counts that one commit made final. */
export interface CommitReport {
  readonly partition: number;
  readonly epoch: number;
  /** Offset that the task goes on from; with several inputs, the offset in the first of them by name. */
  readonly next: number;
  /** Offsets that the task goes on from, by input; by topic where there is but one input. */
  readonly nextByInput: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Offsets, event time and states of a task at the end of an epoch. */
export type Progress = Pick<EpochCommit, 'next' | 'watermark' | 'pipeline'>;

/** The epoch that a queue starts from, where it commits, and who hears of it. */
export interface CommitQueueOptions<B> {
  readonly sinkTask: SinkTask<B>;
  readonly partition: number;
  /** The last epoch that was committed. */
  readonly epoch: number;
  /** The ids of the topics that the task reads, by input. */
  readonly topicIds: EpochCommit['topicIds'];
  /** Once it has fired, nothing is committed any more. */
  readonly abort: AbortSignal;
  readonly report: (committed: CommitReport) => void;
}

/** Commits epochs one after another, one at a time, while the caller works on the next. */
export class CommitQueue<B> {
  readonly #options: CommitQueueOptions<B>;
  #epoch: number;
  #committing: Promise<void> = Promise.resolve();
  #isCommitting = false;
  readonly #failing = new AbortController();

  constructor(options: CommitQueueOptions<B>) {
    this.#options = options;
    this.#epoch = options.epoch;
  }

  /**
   * Resolves when the commit before has ended and this one is under way. Throws what the commit before
   * threw. An epoch that gave nothing is left out, unless its position counts by itself (`evenEmpty`).
   */
  async add(
    { output, state }: TaskEpoch<B>,
    progress: Progress,
    { evenEmpty = false }: { readonly evenEmpty?: boolean } = {},
  ): Promise<void> {
    await this.#committing;
    const { sinkTask, topicIds, abort } = this.#options;
    abort.throwIfAborted();
    const nothing = Object.keys(output.counts).length === 0 && output.aside.length === 0 && !state;
    if (nothing && !evenEmpty) return;
    const epoch = ++this.#epoch;
    this.#isCommitting = true;
    this.#committing = sinkTask
      .commit({ epoch, ...progress, topicIds, state }, output)
      .finally(() => {
        this.#isCommitting = false;
      })
      .then(() => this.#report(epoch, progress, output.counts));
    this.#committing.catch(() => this.#failing.abort());
  }

  /** Fires when a commit has failed, so that nobody waits for events before hearing of it. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  /** Whether a commit is under way. */
  get isCommitting(): boolean {
    return this.#isCommitting;
  }

  /** Resolves when no commit is under way. Throws what the last one threw. */
  settled(): Promise<void> {
    return this.#committing;
  }

  #report(epoch: number, { next: nextByInput }: Progress, counts: CommitReport['counts']): void {
    const { partition, report } = this.#options;
    const [next = 0] = Object.values(nextByInput);
    report({ partition, epoch, next, nextByInput, counts });
  }
}
