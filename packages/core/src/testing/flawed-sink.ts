import type { Checkpoint } from '../contract/checkpoint.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput, SideElement } from '../contract/epoch.ts';
import { FencedError } from '../contract/errors.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { Sink, TaskId } from '../contract/sink.ts';

/** A promise of sinks that a {@link FlawedSink} breaks. */
export type Flaw =
  | 'no compare-and-set'
  | 'no owner token'
  | 'two transactions'
  | 'state lost'
  | 'state never replaced'
  | 'state never forgotten'
  | 'counts overwritten'
  | 'tasks share a checkpoint'
  | 'blind retry'
  | 'everything refused';

/** Steps of a commit as the network sees them. */
export type CommitStep = 'request' | 'between transactions' | 'reply' | 'read back';

/** Thrown by a step: the sink cannot know whether its request arrived. */
export class ConnectionLost extends Error {}

/** What a {@link FlawedSink} holds. */
export interface FlawedSink<T> extends Sink<T | StreamEvent<T>> {
  readonly rows: T[];
  readonly aside: SideElement[];
  readonly dead: DeadLetter[];
  /** Sums by job and name. */
  readonly counts: Record<string, Record<string, number>>;
}

interface StoredTask {
  owner: string;
  /** Who committed the checkpoint. */
  committer: string;
  checkpoint: Checkpoint | undefined;
}

/**
 * A sink that keeps the promises of a real one but for its flaws: the negative control of tests
 * that are to find such flaws. Without flaws it is a sink whose connection can fail at any step.
 *
 * @param step is called in each step of a commit; what it throws happens there.
 */
export function flawedSink<T>(
  flaws: readonly Flaw[],
  step: (step: CommitStep) => void | Promise<void> = () => {},
  refusal: (element: T | StreamEvent<T>) => string | undefined = () => undefined,
): FlawedSink<T> {
  const has = (flaw: Flaw) => flaws.includes(flaw);
  const tasks = new Map<string, StoredTask>();
  const [rows, aside, dead]: [T[], SideElement[], DeadLetter[]] = [[], [], []];
  const counts: Record<string, Record<string, number>> = {};
  let owners = 0;

  const storeOutput = (job: string, output: EpochOutput<T | StreamEvent<T>>) => {
    for (const row of output.rows) rows.push(rowOf(row));
    aside.push(...output.aside);
    dead.push(...output.dead);
    const sums = counts[job] ?? {};
    counts[job] = sums;
    for (const [name, n] of Object.entries(output.counts))
      sums[name] = (has('counts overwritten') ? 0 : (sums[name] ?? 0)) + n;
  };

  const storeCheckpoint = (
    stored: StoredTask,
    owner: string,
    { state, ...commit }: EpochCommit,
  ) => {
    const before = stored.checkpoint?.state ?? [];
    const kept = state?.kind === 'replace' && !has('state never replaced') ? [] : before;
    const all = state ? [...kept, state.bytes] : before;
    const needed = has('state never forgotten') ? all.length : (state?.keep ?? all.length);
    stored.checkpoint = { ...commit, state: needed === 0 ? [] : all.slice(-needed) };
    stored.committer = owner;
  };

  const open = async ({ job, partition }: TaskId) => {
    const id = has('tasks share a checkpoint') ? job : `${job}/${partition}`;
    const stored = tasks.get(id) ?? { owner: '', committer: '', checkpoint: undefined };
    tasks.set(id, stored);
    const owner = `owner ${++owners}`;
    stored.owner = owner;
    const found = stored.checkpoint;

    const check = (epoch: number) => {
      const reached = stored.checkpoint?.epoch ?? 0;
      const behind = reached !== epoch - 1 && !has('no compare-and-set');
      const replaced = stored.owner !== owner && !has('no owner token');
      if (behind || replaced)
        throw new FencedError(`${id} is at epoch ${reached} of ${stored.owner}, not of ${owner}`);
    };
    const attempt = async (commit: EpochCommit, output: EpochOutput<T | StreamEvent<T>>) => {
      await step('request');
      check(commit.epoch);
      storeOutput(job, output);
      if (has('two transactions')) await step('between transactions');
      storeCheckpoint(stored, owner, commit);
      await step('reply');
    };
    const happened = ({ epoch }: EpochCommit) =>
      stored.checkpoint?.epoch === epoch && (stored.committer === owner || has('no owner token'));

    return {
      checkpoint: found && has('state lost') ? { ...found, state: [] } : found,
      refusal: (element: T | StreamEvent<T>) =>
        has('everything refused') ? 'no' : refusal(element),
      async commit(commit: EpochCommit, output: EpochOutput<T | StreamEvent<T>>): Promise<void> {
        try {
          await attempt(commit, output);
        } catch (cause) {
          if (!(cause instanceof ConnectionLost)) throw cause;
          if (has('blind retry')) return this.commit(commit, output);
          await step('read back');
          if (!happened(commit)) throw new FencedError(`${id}: epoch ${commit.epoch} is not ours`);
        }
      },
      close: async () => {},
    };
  };

  return { open, rows, aside, dead, counts };
}
