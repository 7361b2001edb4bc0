import { addCounts } from '../../adapter/add-counts.ts';
import { SinkTargets } from '../../adapter/sink-targets.ts';
import { checkOptions } from '../../contract/check-options.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { SideElement } from '../../contract/epoch.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { NamedSinks, Sink, SinkTask, TaskId } from '../../contract/sink.ts';
import { MemoryStore } from './memory-store.ts';

/** Moments of a commit at which a test can make it fail. */
export type CommitMoment = 'before commit' | 'after commit';

/** Options of {@link memorySink}. */
export interface MemorySinkOptions<T> {
  /** Says why an element cannot be stored. Default: every element can. */
  readonly refusal?: (element: T | StreamEvent<T>) => string | undefined;
  /** Called twice in each commit. An error that it throws fails the commit, which has happened by then if the moment is `after commit`. */
  readonly fault?: (moment: CommitMoment, task: TaskId) => void | Promise<void>;
}

/** One table in memory. Stored values are those of events, or results. */
export interface MemoryTable<T> extends Sink<T | StreamEvent<T>> {
  readonly rows: readonly T[];
}

/** A sink that keeps everything in memory, for tests and small jobs. */
export interface MemorySink<T> extends MemoryTable<T> {
  readonly aside: readonly SideElement[];
  /** All dead letters, re-driven ones included. */
  readonly dead: readonly DeadLetter[];
  /** Sums by name over all commits of a job. */
  counts(job: string): Readonly<Record<string, number>>;
  /** Another table of the same store, for a named output. */
  table<U>(options?: Pick<MemorySinkOptions<U>, 'refusal'>): MemoryTable<U>;
}

/** The rows of a table, and which rows it refuses. */
interface Target {
  readonly rows: unknown[];
  readonly refusal: ((element: never) => string | undefined) | undefined;
}

/**
 * Makes a sink in memory with the guarantees of a real one: transactions, compare-and-set, owner
 * tokens. It lives as long as the object does, so a job that is run again goes on from it.
 *
 * @example
 * const plays = memorySink<Play>();
 * const latePlays = plays.table<Play>();
 * await run({ ...job, into: plays, outputs: [late.into(latePlays)] });
 */
export function memorySink<T>(options: MemorySinkOptions<T> = {}): MemorySink<T> {
  checkOptions('memorySink', options, { refusal: true, fault: true });
  const { refusal, fault } = options;
  const store = new MemoryStore();
  const targets = new SinkTargets<Target>();

  const open = async <U>(target: Target, task: TaskId, named?: NamedSinks) => {
    const others = targets.of(named);
    const rowsOf = new Map([...others].map(([output, { rows }]) => [output, rows]));
    const owner = store.takeOver(task);
    const sinkTask: SinkTask<U> = {
      checkpoint: owner.checkpoint,
      refusal: (row) => target.refusal?.(row as never),
      refusalOf: (output, row) => others.get(output)?.refusal?.(row as never),
      async commit(commit, output) {
        await fault?.('before commit', task);
        owner.commit(commit, output, { main: target.rows, named: rowsOf });
        addCounts(store.countsOf(task.job), output.counts);
        await fault?.('after commit', task);
      },
      close: async () => {},
    };
    return sinkTask;
  };
  let tables = 0;
  const table = <U>(refusalOfTable: Target['refusal']): MemoryTable<U> => {
    const target: Target = { rows: [], refusal: refusalOfTable };
    const sink: MemoryTable<U> = {
      store,
      target: `table ${++tables}`,
      rows: target.rows as U[],
      open: (task, named) => open(target, task, named),
      deadLetters: async (job) => store.openLetters(job),
    };
    return targets.add(sink, target);
  };

  const { aside, dead } = store;
  return Object.assign(table<T>(refusal), {
    aside,
    dead,
    counts: (job: string) => store.countsOf(job),
    table: <U>(options: Pick<MemorySinkOptions<U>, 'refusal'> = {}) => table<U>(options.refusal),
  });
}
