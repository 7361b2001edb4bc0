import { PipelineError } from '../contract/errors.ts';

/** A value in a table, and the epoch in which it was last written. */
interface Cell {
  readonly segment: number;
  readonly key: string;
  value: unknown;
  epoch: number;
}

/** A table's current content of what an epoch touched, ready to be encoded. */
export interface TableChange {
  readonly table: string;
  /** Segments to forget before anything else is applied. */
  readonly drops: readonly number[];
  /** `[segment, key]` of what is gone. */
  readonly deletes: readonly (readonly [number, string])[];
  readonly writes: readonly SegmentWrites[];
}

/** Values of one segment: `values[i]` belongs to `keys[i]`. */
export interface SegmentWrites {
  readonly segment: number;
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * Values by segment and key, which remembers what an epoch wrote and can take back one step.
 *
 * A step is the processing of one event or result. Segments are what time-indexed state is
 * forgotten by: dropping one, and undoing that, costs the same for any number of keys.
 *
 * Long because what a write changes and how it is taken back share every field.
 */
export class StateTable {
  readonly name: string;
  readonly #recording: boolean;
  readonly #segments = new Map<number, Map<string, Cell>>();
  #epoch = 1;
  #dirty: Cell[] = [];
  #dropped = new Set<number>();
  #undo: (() => void)[] = [];
  // Overwritten from the start in each step: emptying an array costs more than an event does.
  readonly #undoCells: Cell[] = [];
  readonly #undoValues: unknown[] = [];
  #undoCount = 0;

  /** @param recording whether to remember writes; outside a task nobody saves or undoes them. */
  constructor(name: string, { recording }: { readonly recording: boolean }) {
    this.name = name;
    this.#recording = recording;
  }

  get(segment: number, key: string): unknown {
    return this.#segments.get(segment)?.get(key)?.value;
  }

  set(segment: number, key: string, value: unknown): void {
    if (value === undefined)
      throw new PipelineError(`state ${this.name} was set to undefined: use delete`);
    let cells = this.#segments.get(segment);
    if (!cells) {
      cells = new Map();
      this.#segments.set(segment, cells);
    }
    const cell = cells.get(key);
    if (cell) {
      if (this.#recording) this.#record(cell, cell.value, cell.epoch !== this.#epoch);
      cell.epoch = this.#epoch;
      cell.value = value;
      return;
    }
    const created: Cell = { segment, key, value, epoch: this.#epoch };
    cells.set(key, created);
    if (this.#recording) this.#record(created, undefined, true);
  }

  delete(segment: number, key: string): void {
    const cells = this.#segments.get(segment);
    const cell = cells?.get(key);
    if (!cells || !cell) return;
    cells.delete(key);
    if (cells.size === 0) this.#segments.delete(segment);
    if (this.#recording) this.#record(cell, cell.value, true);
  }

  drop(segment: number): void {
    const cells = this.#segments.get(segment);
    if (!cells) return;
    this.#segments.delete(segment);
    if (!this.#recording) return;
    this.#flattenUndo();
    const before = this.#dropped.has(segment);
    this.#dropped.add(segment);
    this.#undo.push(() => {
      this.#segments.set(segment, cells);
      if (!before) this.#dropped.delete(segment);
    });
  }

  /** Segments that hold anything, ascending. */
  segments(): number[] {
    return [...this.#segments.keys()].sort((a, b) => a - b);
  }

  size(segment: number): number {
    return this.#segments.get(segment)?.size ?? 0;
  }

  /** The entries of a segment by ascending key: never the map's own order, which a restart or an undone step would change. */
  entries(segment: number): [string, unknown][] {
    const cells = [...(this.#segments.get(segment)?.values() ?? [])];
    return cells
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, value }): [string, unknown] => [key, value]);
  }

  /** Starts a step: what came before can no longer be undone. */
  startStep(): void {
    if (this.#undo.length > 0) this.#undo = [];
    this.#undoCount = 0;
  }

  /** Takes back everything since the step started. */
  undoStep(): void {
    this.#flattenUndo();
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }

  /** Takes the changes of the epoch; the next epoch starts. */
  takeChange(): TableChange | undefined {
    const dropped = this.#dropped;
    const drops = [...dropped].sort((a, b) => a - b);
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#dropped = new Set();
    this.#epoch++;
    if (drops.length === 0 && dirty.length === 0) return undefined;

    const deletes: [number, string][] = [];
    const writes = new SegmentCollector();
    for (const cell of dirty) {
      const current = this.#segments.get(cell.segment)?.get(cell.key);
      if (current === cell) writes.add(cell.segment, cell.key, cell.value);
      else if (!current && !dropped.has(cell.segment)) deletes.push([cell.segment, cell.key]);
    }
    return { table: this.name, drops, deletes, writes: writes.segments() };
  }

  /** Everything the table holds, as one change to an empty table. */
  snapshot(): TableChange {
    const writes = new SegmentCollector();
    for (const cells of this.#segments.values())
      for (const { segment, key, value } of cells.values()) writes.add(segment, key, value);
    return { table: this.name, drops: [], deletes: [], writes: writes.segments() };
  }

  /** How many entries there are. */
  get entryCount(): number {
    let count = 0;
    for (const cells of this.#segments.values()) count += cells.size;
    return count;
  }

  /** All entries, also while the table changes: one that nobody touches meanwhile comes once. */
  *live(): Generator<readonly [segment: number, key: string, value: unknown]> {
    for (const segment of this.segments()) {
      const cells = this.#segments.get(segment);
      for (const { key, value } of cells?.values() ?? []) {
        // Dropped meanwhile; what the segment holds now is in journals.
        if (this.#segments.get(segment) !== cells) break;
        yield [segment, key, value];
      }
    }
  }

  /** Applies a saved change, which is then part of the past: neither journalled nor undone. */
  restore({ drops, deletes, writes }: TableChange): void {
    for (const segment of drops) this.#segments.delete(segment);
    for (const [segment, key] of deletes) {
      const cells = this.#segments.get(segment);
      cells?.delete(key);
      if (cells?.size === 0) this.#segments.delete(segment);
    }
    for (const { segment, keys, values } of writes) {
      const cells = this.#segments.get(segment) ?? new Map<string, Cell>();
      this.#segments.set(segment, cells);
      keys.forEach((key, i) => {
        cells.set(key, { segment, key, value: values[i], epoch: 0 });
      });
    }
  }

  #record(cell: Cell, before: unknown, dirty: boolean): void {
    this.#undoCells[this.#undoCount] = cell;
    this.#undoValues[this.#undoCount++] = before;
    if (dirty) this.#dirty.push(cell);
  }

  /** Turns the cheap records of single writes into undo actions, so that they keep their order beside drops. */
  #flattenUndo(): void {
    if (this.#undoCount === 0) return;
    const cells = this.#undoCells.slice(0, this.#undoCount);
    const values = this.#undoValues.slice(0, this.#undoCount);
    this.#undoCount = 0;
    this.#undo.push(() => {
      for (let i = cells.length - 1; i >= 0; i--) this.#undoWrite(cells[i] as Cell, values[i]);
    });
  }

  #undoWrite(cell: Cell, before: unknown): void {
    cell.value = before;
    const cells = this.#segments.get(cell.segment);
    if (before === undefined) cells?.delete(cell.key);
    else if (cells) cells.set(cell.key, cell);
    if (cells?.size === 0) this.#segments.delete(cell.segment);
    else if (!cells && before !== undefined)
      this.#segments.set(cell.segment, new Map([[cell.key, cell]]));
  }
}

/** Groups writes by segment. */
export class SegmentCollector {
  readonly #bySegment = new Map<number, { segment: number; keys: string[]; values: unknown[] }>();

  add(segment: number, key: string, value: unknown): void {
    let writes = this.#bySegment.get(segment);
    if (!writes) {
      writes = { segment, keys: [], values: [] };
      this.#bySegment.set(segment, writes);
    }
    writes.keys.push(key);
    writes.values.push(value);
  }

  segments(): SegmentWrites[] {
    return [...this.#bySegment.values()];
  }
}
