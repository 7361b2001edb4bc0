import { openLetters } from '../adapter/open-letters.ts';
import { SinkTargets } from '../adapter/sink-targets.ts';
import { stateAfter } from '../adapter/state-after.ts';
import type { Checkpoint, StateChange } from '../contract/checkpoint.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput, SideElement } from '../contract/epoch.ts';
import { FencedError } from '../contract/errors.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { NamedSinks, Sink, SinkTask, TaskId } from '../contract/sink.ts';

/** A promise of sinks that a {@link FlawedSink} breaks. */
export type Flaw =
  | 'no compare-and-set'
  | 'no owner token'
  | 'two transactions'
  | 'named outputs in a transaction of their own'
  | 'named outputs lost'
  | 'tables without names'
  | 'pipeline lost'
  | 'state lost'
  | 'topic ids lost'
  | 'state never replaced'
  | 'state never forgotten'
  | 'counts overwritten'
  | 'tasks share a checkpoint'
  | 'blind retry'
  | 'side outputs without rows lost'
  | 'redriven letters beside rows lost'
  | 'tables without a store'
  | 'dead letters never closed'
  | 'everything refused';

/** Steps of a commit as the network sees them. */
export type CommitStep = 'request' | 'between transactions' | 'reply' | 'read back';

/** Thrown by a step: the sink cannot know whether its request arrived. */
export class ConnectionLost extends Error {}

/** One table of a {@link FlawedSink}. */
export interface FlawedTable<T> extends Sink<T | StreamEvent<T>> {
  readonly rows: readonly T[];
}

/** A flawed sink, whose content can be looked at. */
export interface FlawedSink<T> extends FlawedTable<T> {
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** Sums by job and name. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Another table, for a named output. */
  table<U>(refusal?: (element: U | StreamEvent<U>) => string | undefined): FlawedTable<U>;
}

/** How a flawed sink behaves. */
export interface FlawedSinkOptions<T> {
  /** Called in each step of a commit; what it throws happens there. */
  readonly step?: (step: CommitStep) => void | Promise<void>;
  readonly refusal?: (element: T | StreamEvent<T>) => string | undefined;
}

/**
 * A sink that keeps the promises of a real one but for its flaws: the negative control of tests
 * that are to find such flaws. Without flaws it is a sink whose connection can fail at any step.
 */
export function flawedSink<T>(
  flaws: readonly Flaw[],
  { step = () => {}, refusal = () => undefined }: FlawedSinkOptions<T> = {},
): FlawedSink<T> {
  const store = new FlawedStore(flaws, step);
  const targets = new SinkTargets<FlawedTarget>();
  let tables = 0;
  const table = <U>(refusalOf: (element: never) => string | undefined): FlawedTable<U> => {
    const rows: U[] = [];
    const sink: FlawedTable<U> = {
      store: flaws.includes('tables without a store') ? {} : store,
      target: flaws.includes('tables without names') ? 'table' : `table ${++tables}`,
      rows,
      open: (task, named?: NamedSinks) =>
        store.open(task, { rows, named: targets.of(named), refusal: refusalOf }),
      deadLetters: async (job) => store.openLetters(job),
    };
    return targets.add(sink, { rows, refusal: refusalOf });
  };
  const { aside, dead, counts } = store;
  return Object.assign(table<T>(refusal), {
    aside,
    dead,
    counts,
    table: <U>(ofTable: (element: never) => string | undefined = () => undefined) =>
      table<U>(ofTable),
  });
}

/** The rows of a table, and which rows it refuses. */
interface FlawedTarget {
  readonly rows: unknown[];
  readonly refusal: (element: never) => string | undefined;
}

interface StoredTask {
  owner: string;
  /** Token of the owner who committed the checkpoint. */
  committer: string;
  checkpoint: Checkpoint | undefined;
}

/** Where a task's rows go. */
interface TableOfTask extends FlawedTarget {
  readonly named: ReadonlyMap<string, FlawedTarget>;
}

class FlawedStore {
  readonly aside: SideElement[] = [];
  readonly dead: DeadLetter[] = [];
  readonly counts: Record<string, Record<string, number>> = {};
  readonly #has: (flaw: Flaw) => boolean;
  readonly #step: (step: CommitStep) => void | Promise<void>;
  readonly #tasks = new Map<string, StoredTask>();
  readonly #letters: { readonly job: string; readonly letter: DeadLetter }[] = [];
  readonly #redriven: string[] = [];
  #owners = 0;

  constructor(flaws: readonly Flaw[], step: (step: CommitStep) => void | Promise<void>) {
    this.#has = (flaw) => flaws.includes(flaw);
    this.#step = step;
  }

  openLetters(job: string): readonly DeadLetter[] {
    const own = this.#letters.filter((each) => each.job === job).map(({ letter }) => letter);
    return openLetters(own, this.#has('dead letters never closed') ? [] : this.#redriven);
  }

  async open<T>(task: TaskId, table: TableOfTask): Promise<SinkTask<T>> {
    const { job, partition } = task;
    const id = this.#has('tasks share a checkpoint') ? job : `${job}/${partition}`;
    const stored = this.#tasks.get(id) ?? { owner: '', committer: '', checkpoint: undefined };
    this.#tasks.set(id, stored);
    const owner = `owner ${++this.#owners}`;
    stored.owner = owner;
    const found = stored.checkpoint;
    const refusal = (row: unknown, target: FlawedTarget | undefined = table) =>
      this.#has('everything refused') ? 'no' : target.refusal(row as never);
    const at = { id, job, owner, stored, table };
    return {
      checkpoint: found && this.#has('state lost') ? { ...found, state: [] } : found,
      refusal: (row) => refusal(row),
      refusalOf: (output, row) => refusal(row, table.named.get(output)),
      commit: (commit, output) => this.#commit(at, commit, output),
      close: async () => {},
    };
  }

  async #commit(at: Owned, commit: EpochCommit, output: EpochOutput<unknown>): Promise<void> {
    try {
      await this.#attempt(at, commit, output);
    } catch (cause) {
      if (!(cause instanceof ConnectionLost)) throw cause;
      if (this.#has('blind retry')) return this.#commit(at, commit, output);
      await this.#step('read back');
      const { stored, owner, id } = at;
      const isOurs = stored.committer === owner || this.#has('no owner token');
      if (stored.checkpoint?.epoch !== commit.epoch || !isOurs)
        throw new FencedError(`${id}: epoch ${commit.epoch} is not ours`);
    }
  }

  async #attempt(at: Owned, commit: EpochCommit, output: EpochOutput<unknown>): Promise<void> {
    await this.#step('request');
    this.#check(at, commit.epoch);
    if (this.#has('named outputs in a transaction of their own')) {
      this.#storeNamed(at, output);
      await this.#step('between transactions');
      this.#check(at, commit.epoch);
    } else if (!this.#has('named outputs lost')) this.#storeNamed(at, output);
    this.#storeRest(at, output);
    if (this.#has('two transactions')) await this.#step('between transactions');
    this.#storeCheckpoint(at, commit);
    await this.#step('reply');
  }

  #check({ id, owner, stored }: Owned, epoch: number): void {
    const reached = stored.checkpoint?.epoch ?? 0;
    const behind = reached !== epoch - 1 && !this.#has('no compare-and-set');
    const replaced = stored.owner !== owner && !this.#has('no owner token');
    if (behind || replaced)
      throw new FencedError(`${id} is at epoch ${reached} of ${stored.owner}, not of ${owner}`);
  }

  #storeNamed({ table }: Owned, output: EpochOutput<unknown>): void {
    for (const [name, { rows }] of output.named)
      table.named.get(name)?.rows.push(...rows.map(rowOf));
  }

  #storeRest({ job, table }: Owned, output: EpochOutput<unknown>): void {
    for (const row of output.rows) table.rows.push(rowOf(row));
    const hasRows = output.rows.length > 0;
    if (hasRows || !this.#has('side outputs without rows lost')) this.aside.push(...output.aside);
    this.dead.push(...output.dead);
    this.#letters.push(...output.dead.map((letter) => ({ job, letter })));
    if (!hasRows || !this.#has('redriven letters beside rows lost'))
      this.#redriven.push(...output.redriven);
    const sums = this.counts[job] ?? {};
    this.counts[job] = sums;
    for (const [name, n] of Object.entries(output.counts))
      sums[name] = (this.#has('counts overwritten') ? 0 : (sums[name] ?? 0)) + n;
  }

  #storeCheckpoint({ stored, owner }: Owned, commit: EpochCommit): void {
    const { state, epoch, next, pipeline } = commit;
    const topicIds = this.#has('topic ids lost') ? {} : commit.topicIds;
    const before = stored.checkpoint?.state ?? [];
    const parts = stateAfter(before, this.#flawed(state), ({ bytes }) => bytes);
    const kept = this.#has('pipeline lost') ? '' : pipeline;
    stored.checkpoint = { epoch, next, topicIds, pipeline: kept, state: parts };
    stored.committer = owner;
  }

  #flawed(state: StateChange | undefined): StateChange | undefined {
    if (!state) return undefined;
    const { keep, ...rest } = state;
    const isForgotten = keep !== undefined && !this.#has('state never forgotten');
    return {
      ...rest,
      kind: this.#has('state never replaced') ? 'append' : state.kind,
      ...(isForgotten && { keep }),
    };
  }
}

/** One owner's hold on a task. */
interface Owned {
  readonly id: string;
  readonly job: string;
  readonly owner: string;
  readonly stored: StoredTask;
  readonly table: TableOfTask;
}
