import { PipelineError } from '../contract/errors.ts';
import { isSame } from './is-same.ts';
import { StateTable, type TableChange } from './state-table.ts';

/** A table of a test, which finds values that are changed in place: a step that fails could not undo that. */
export class WatchedTable extends StateTable {
  /** Values that the open step has read, and what they held. */
  readonly #read = new Map<object, unknown>();

  constructor(name: string) {
    super(name, { recording: true });
  }

  override get(segment: number, key: string): unknown {
    return this.#watch(super.get(segment, key));
  }

  override entries(segment: number): [string, unknown][] {
    const entries = super.entries(segment);
    for (const [, value] of entries) this.#watch(value);
    return entries;
  }

  override startStep(): void {
    this.#check();
    super.startStep();
  }

  override undoStep(): void {
    this.#check();
    super.undoStep();
  }

  override takeChange(): TableChange | undefined {
    this.#check();
    return super.takeChange();
  }

  #watch(value: unknown): unknown {
    if (typeof value === 'object' && value !== null && !this.#read.has(value))
      this.#read.set(value, copyOf(value));
    return value;
  }

  #check(): void {
    const read = [...this.#read];
    this.#read.clear();
    for (const [value, before] of read)
      if (!isSame(value, before))
        throw new PipelineError(
          `a value of state ${this.name} was changed in place, as by an aggregate that changes its accumulator: a step that fails could not be undone, and counts although it is a dead letter. Keep a new value and leave the old one alone, as in ({ ...accumulator, n: accumulator.n + 1 })`,
        );
  }
}

/** A copy; the value itself where there is none, which no checkpoint could hold either. */
function copyOf(value: object): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}
