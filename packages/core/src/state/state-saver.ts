import type { StateChange } from '../contract/checkpoint.ts';
import { encodeState, type SavedState } from './state-encoding.ts';
import { StateSweep } from './state-sweep.ts';
import type { StateTable, TableChange } from './state-table.ts';

/** State is written anew once its journals have grown to this many bytes, and to twice what was written anew last. */
const MIN_JOURNAL_BYTES = 4 * 1024 * 1024;
/** State is written anew, too, once there are this many journals, however small. */
const MAX_JOURNALS = 1_000;
/** Entries that are written anew at once, beside an epoch's journal. */
const ENTRIES_AT_ONCE = 20_000;

/**
 * Saves a task's state with each epoch: its journal, and now and then a snapshot, so that saved state does
 * not grow for ever. Small state is saved in one piece. Large state is swept over several epochs, so that
 * none of them takes long.
 */
export class StateSaver {
  readonly #tables: readonly StateTable[];
  #sweep: StateSweep | undefined;
  /** Parts that were saved since the sweep began, and their bytes. */
  #swept = { parts: 0, bytes: 0 };
  #journals = 0;
  #journalBytes = 0;
  #baseBytes = 0;
  #isStale = false;

  constructor(tables: readonly StateTable[]) {
    this.#tables = tables;
  }

  /** Takes a part into account that an earlier run of the task has saved. */
  restored({ kind }: SavedState, bytes: number): void {
    this.#journals++;
    this.#journalBytes += bytes;
    if (kind === 'snapshot') this.#startOver(bytes);
    if (kind === 'swept') this.#startOver(this.#journalBytes + this.#baseBytes);
  }

  /** Has the next epoch write everything anew: what was saved before is not to be read again. */
  startAnew(): void {
    this.#isStale = true;
  }

  /** The epoch's change of the saved state, encoded; `undefined` when there is none. */
  take(): StateChange | undefined {
    const changes: TableChange[] = [];
    for (const table of this.#tables) {
      const change = table.takeChange();
      if (change) changes.push(change);
    }
    if (this.#isStale) {
      this.#isStale = false;
      return this.#snapshot();
    }
    if (changes.length === 0) return undefined;
    if (!this.#sweep && this.#hasGrown()) {
      if (this.#tables.every(({ entryCount }) => entryCount <= ENTRIES_AT_ONCE))
        return this.#snapshot();
      this.#sweep = new StateSweep(this.#tables);
      this.#swept = { parts: 0, bytes: 0 };
    }
    return this.#sweep ? this.#sweepOn(this.#sweep, changes) : this.#journal(changes);
  }

  #hasGrown(): boolean {
    if (this.#journals >= MAX_JOURNALS) return true;
    return this.#journalBytes > Math.max(MIN_JOURNAL_BYTES, 2 * this.#baseBytes);
  }

  #journal(changes: readonly TableChange[]): StateChange {
    const bytes = encodeState({ kind: 'journal', changes });
    this.#journals++;
    this.#journalBytes += bytes.length;
    return { kind: 'append', bytes };
  }

  #snapshot(): StateChange {
    const changes = this.#tables.map((table) => table.snapshot());
    const bytes = encodeState({ kind: 'snapshot', changes });
    this.#startOver(bytes.length);
    return { kind: 'replace', bytes };
  }

  #sweepOn(sweep: StateSweep, changes: readonly TableChange[]): StateChange {
    const entries = sweep.take(ENTRIES_AT_ONCE);
    const kind = sweep.isDone ? 'swept' : 'journal';
    const bytes = encodeState({ kind, changes: [...changes, ...entries] });
    this.#swept.parts++;
    this.#swept.bytes += bytes.length;
    if (!sweep.isDone) return { kind: 'append', bytes };
    this.#sweep = undefined;
    this.#startOver(this.#swept.bytes);
    return { kind: 'append', bytes, keep: this.#swept.parts };
  }

  #startOver(bytes: number): void {
    this.#baseBytes = bytes;
    this.#journals = 0;
    this.#journalBytes = 0;
  }
}
