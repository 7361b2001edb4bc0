import { addCounts, type EpochCommit, type EpochOutput } from '@streamify/core/adapter';

/** Version of {@link TaskProgress}. A later version must read this one. */
export const PROGRESS_VERSION = 2;

/** The checkpoint of a task, without the state. Each commit writes it anew. */
export interface TaskProgress {
  readonly version: typeof PROGRESS_VERSION;
  /** Token of the owner who committed it. */
  readonly owner: string;
  /** 0 before the first commit. */
  readonly epoch: number;
  readonly next: Readonly<Record<string, number>>;
  readonly topicIds: Readonly<Record<string, string>>;
  readonly pipeline: string;
  /** The last watermark that was written to the topic, as text, because JSON has no infinity. */
  readonly watermark?: string;
  /** Sums over all epochs. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first epoch whose saved state still counts, and how many epochs since then saved some. */
  readonly stateFrom: number;
  readonly states: number;
}

/** The progress of a task before its first commit. */
export const noProgress: Omit<TaskProgress, 'owner'> = {
  version: PROGRESS_VERSION,
  epoch: 0,
  next: {},
  topicIds: {},
  pipeline: '',
  counts: {},
  stateFrom: 1,
  states: 0,
};

/** Owner, counts and watermark of a commit, and the epochs whose state counts behind it. */
export interface Following {
  readonly owner: string;
  readonly counts: EpochOutput<unknown>['counts'];
  readonly watermark: string | undefined;
  /** The epochs whose saved state counts from now on. */
  readonly stateEpochs: readonly number[];
}

/** The progress of a task once `commit` has happened. */
export function progressAfter(
  before: Omit<TaskProgress, 'owner'>,
  { epoch, next, topicIds, pipeline }: EpochCommit,
  { owner, counts, watermark, stateEpochs }: Following,
): TaskProgress {
  const sums: Record<string, number> = { ...before.counts };
  addCounts(sums, counts);
  return {
    version: PROGRESS_VERSION,
    owner,
    epoch,
    next,
    topicIds,
    pipeline,
    counts: sums,
    ...(watermark !== undefined && { watermark }),
    stateFrom: stateEpochs[0] ?? epoch + 1,
    states: stateEpochs.length,
  };
}
