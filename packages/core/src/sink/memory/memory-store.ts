import { randomUUID } from 'node:crypto';
import { openLetters } from '../../adapter/open-letters.ts';
import { stateAfter } from '../../adapter/state-after.ts';
import type { Checkpoint } from '../../contract/checkpoint.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput, SideElement } from '../../contract/epoch.ts';
import { FencedError } from '../../contract/errors.ts';
import { rowOf } from '../../contract/event.ts';
import type { TaskId } from '../../contract/sink.ts';

/** Where the rows of an epoch go. */
export interface MemoryRows {
  readonly main: unknown[];
  readonly named: ReadonlyMap<string, unknown[]>;
}

/** One owner's hold on a task. */
export interface MemoryOwner {
  readonly checkpoint: Checkpoint | undefined;
  /** @throws FencedError when another owner has taken the task over. */
  commit(commit: EpochCommit, output: EpochOutput<unknown>, rows: MemoryRows): void;
}

interface StoredTask {
  token: string;
  checkpoint: Checkpoint | undefined;
}

/** The store of several tables in memory: checkpoints, dead letters, counts, and elements that are kept as JSON. */
export class MemoryStore {
  readonly aside: SideElement[] = [];
  readonly dead: DeadLetter[] = [];
  readonly #tasks = new Map<string, StoredTask>();
  readonly #counts = new Map<string, Record<string, number>>();
  readonly #lettersOf = new Map<string, DeadLetter[]>();
  readonly #redriven = new Map<string, string[]>();

  /** Sums by name over all commits of a job. */
  countsOf(job: string): Record<string, number> {
    return of(this.#counts, job, () => ({}));
  }

  /** The dead letters of a job that were not re-driven. */
  openLetters(job: string): readonly DeadLetter[] {
    const redriven = of(this.#redriven, job, () => []);
    return openLetters([...of(this.#lettersOf, job, () => [])], redriven);
  }

  takeOver(task: TaskId): MemoryOwner {
    const { job, partition } = task;
    const id = `${job}/${partition}`;
    const token = randomUUID();
    const stored = of(this.#tasks, id, () => ({ token, checkpoint: undefined }) as StoredTask);
    stored.token = token;
    return {
      checkpoint: stored.checkpoint,
      commit: (commit, output, rows) => {
        const epoch = stored.checkpoint?.epoch ?? 0;
        if (stored.token !== token || epoch !== commit.epoch - 1)
          throw new FencedError(
            `task ${id} is at epoch ${epoch} of owner ${stored.token}; epoch ${commit.epoch} of ${token} came too late`,
          );
        stored.checkpoint = checkpointAfter(stored.checkpoint, commit);
        this.#add(job, output, rows);
      },
    };
  }

  #add(job: string, output: EpochOutput<unknown>, { main, named }: MemoryRows): void {
    for (const row of output.rows) main.push(rowOf(row));
    for (const [name, { rows }] of output.named)
      for (const row of rows) named.get(name)?.push(rowOf(row));
    for (const element of output.aside) this.aside.push(element);
    for (const letter of output.dead) {
      this.dead.push(letter);
      of(this.#lettersOf, job, () => []).push(letter);
    }
    of(this.#redriven, job, () => []).push(...output.redriven);
  }
}

function checkpointAfter(
  before: Checkpoint | undefined,
  { epoch, next, topicIds, pipeline, state }: EpochCommit,
): Checkpoint {
  const parts = stateAfter(before?.state ?? [], state, ({ bytes }) => bytes);
  return { epoch, next, topicIds, pipeline, state: parts };
}

/** The value of a key, made where there is none. */
function of<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
