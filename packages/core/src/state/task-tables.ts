import type { StateChange } from '../contract/checkpoint.ts';
import { OptionError, PipelineError, StateMismatchError } from '../contract/errors.ts';
import type { Key } from '../contract/key.ts';
import { KeyedTable } from './keyed-table.ts';
import { decodeState } from './state-encoding.ts';
import { StateSaver } from './state-saver.ts';
import { StateTable } from './state-table.ts';
import type { StateView } from './state-view.ts';
import { WatchedTable } from './watched-table.ts';

/** All tables of a task: those of its operators, found by name, and its own. */
export class TaskTables {
  readonly #tables: StateTable[];
  readonly #saver: StateSaver;
  readonly #signatures = new Map<string, string>();
  readonly #claimed = new Set<string>();
  #isWatched = false;

  /** @param own the task's own, which no operator's signature describes. */
  constructor(own: readonly StateTable[]) {
    this.#tables = [...own];
    this.#saver = new StateSaver(this.#tables);
  }

  /** Describes the operators' states: their names and what their content depends on. */
  get signature(): string {
    const states = [...this.#signatures].map(([name, signature]) => `${name}(${signature})`);
    return states.sort().join(' ');
  }

  /** The state of operators, to be read from outside. */
  get view(): StateView {
    const names = [...this.#signatures.keys()].sort();
    const keyed = <V, K extends Key>(name: string) => {
      const table = names.includes(name) ? this.#find(name) : undefined;
      if (!table) throw new OptionError(`there is no state ${name}, only ${names.join(', ')}`);
      return new KeyedTable<V, K>(table);
    };
    return { names, keyed };
  }

  /** Has the values of all tables that are made from now on watched: none may be changed in place. */
  watch(): void {
    this.#isWatched = true;
  }

  /** The table of an operator's state, which is the same after each subscription. */
  claim(name: string, signature: string): StateTable {
    if (this.#claimed.has(name))
      throw new PipelineError(`two states are called ${name}: give one of their operators a name`);
    this.#claimed.add(name);
    this.#signatures.set(name, signature);
    const existing = this.#find(name);
    if (existing) return existing;
    const created = this.#isWatched
      ? new WatchedTable(name)
      : new StateTable(name, { recording: true });
    this.#tables.push(created);
    return created;
  }

  /** Lets all states be claimed again. */
  release(): void {
    this.#claimed.clear();
  }

  /** Goes on from saved state. */
  restore(state: readonly Uint8Array[]): void {
    for (const bytes of state) {
      const saved = decodeState(bytes);
      this.#saver.restored(saved, bytes.length);
      for (const change of saved.changes) {
        const table = this.#find(change.table);
        if (!table)
          throw new StateMismatchError(`saved state ${change.table} belongs to no operator`);
        table.restore(change);
      }
    }
  }

  startStep(): void {
    const tables = this.#tables;
    for (let i = 0; i < tables.length; i++) tables[i]?.startStep();
  }

  undoStep(): void {
    for (const table of this.#tables) table.undoStep();
  }

  /** The epoch's change of the saved state, encoded; `undefined` when there is none. */
  takeChange(): StateChange | undefined {
    return this.#saver.take();
  }

  #find(name: string): StateTable | undefined {
    return this.#tables.find((table) => table.name === name);
  }
}
