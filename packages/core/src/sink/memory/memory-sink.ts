import { randomUUID } from 'node:crypto';
import { addCounts } from '../../adapter/add-counts.ts';
import type { Checkpoint } from '../../contract/checkpoint.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput, SideElement } from '../../contract/epoch.ts';
import { FencedError } from '../../contract/errors.ts';
import { rowOf, type StreamEvent } from '../../contract/event.ts';
import type { Sink, SinkTask, TaskId } from '../../contract/sink.ts';

/** Moments of a commit at which a test can make it fail. */
export type CommitMoment = 'before commit' | 'after commit';

export interface MemorySinkOptions<T> {
  /** Why an element cannot be stored; everything can by default. */
  readonly refusal?: (element: T | StreamEvent<T>) => string | undefined;
  /** Called in each commit. What it throws is thrown by the commit, which has happened by then if the moment is after it. */
  readonly fault?: (moment: CommitMoment, task: TaskId) => void | Promise<void>;
}

/** A sink that keeps everything in memory, for tests and small jobs. Stored values are those of events, or results. */
export interface MemorySink<T> extends Sink<T | StreamEvent<T>> {
  readonly rows: readonly T[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** Sums by name over all commits of a job. */
  counts(job: string): Readonly<Record<string, number>>;
}

interface StoredTask {
  token: string;
  checkpoint: Checkpoint | undefined;
}

/**
 * Makes a sink in memory with the guarantees of a real one: transactions, compare-and-set, owner
 * tokens. It lives as long as the object does, so a job that is run again goes on from it.
 */
export function memorySink<T>({ refusal, fault }: MemorySinkOptions<T> = {}): MemorySink<T> {
  const tasks = new Map<string, StoredTask>();
  const sums = new Map<string, Record<string, number>>();
  const rows: T[] = [];
  const aside: SideElement[] = [];
  const dead: DeadLetter[] = [];

  const store = (
    stored: StoredTask,
    commit: EpochCommit,
    output: EpochOutput<T | StreamEvent<T>>,
  ) => {
    const { epoch, next, pipeline, state } = commit;
    const before = stored.checkpoint?.state ?? [];
    const kept = state?.kind === 'replace' ? [] : before;
    const after = state ? [...kept, state.bytes].slice(-(state.keep ?? kept.length + 1)) : before;
    stored.checkpoint = { epoch, next, pipeline, state: after };
    for (const row of output.rows) rows.push(rowOf(row));
    for (const element of output.aside) aside.push(element);
    for (const letter of output.dead) dead.push(letter);
  };

  const open = async (task: TaskId): Promise<SinkTask<T | StreamEvent<T>>> => {
    const id = `${task.job}/${task.partition}`;
    const token = randomUUID();
    const stored = tasks.get(id) ?? { token, checkpoint: undefined };
    stored.token = token;
    tasks.set(id, stored);
    return {
      checkpoint: stored.checkpoint,
      refusal: (element) => refusal?.(element),
      async commit(commit, output) {
        await fault?.('before commit', task);
        const epoch = stored.checkpoint?.epoch ?? 0;
        if (stored.token !== token || epoch !== commit.epoch - 1)
          throw new FencedError(
            `task ${id} is at epoch ${epoch} of owner ${stored.token}; epoch ${commit.epoch} of ${token} came too late`,
          );
        store(stored, commit, output);
        const counts = sums.get(task.job) ?? {};
        addCounts(counts, output.counts);
        sums.set(task.job, counts);
        await fault?.('after commit', task);
      },
      close: async () => {},
    };
  };

  return { open, rows, aside, dead, counts: (job) => sums.get(job) ?? {} };
}
