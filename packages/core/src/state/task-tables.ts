import type { StateChange } from '../contract/checkpoint.ts';
import { OptionError, PipelineError, StateMismatchError } from '../contract/errors.ts';
import type { Key } from '../contract/key.ts';
import { KeyedTable } from './keyed-table.ts';
import { migrateTable } from './migrate-table.ts';
import { decodeState } from './state-encoding.ts';
import { changeOf, type StateDescription, type StateKind } from './state-kind.ts';
import { StateSaver } from './state-saver.ts';
import { StateTable } from './state-table.ts';
import type { StateView } from './state-view.ts';
import { WatchedTable } from './watched-table.ts';

/** Descriptions of states by their names. */
export type StateDescriptions = Readonly<Record<string, StateDescription>>;

/** All tables of a task: those of its operators, found by name, and its own. */
export class TaskTables {
  readonly #tables: StateTable[];
  readonly #saver: StateSaver;
  readonly #kinds = new Map<string, StateKind>();
  readonly #claimed = new Set<string>();
  #isWatched = false;

  /** @param own the task's own, which no operator declares. */
  constructor(own: readonly StateTable[]) {
    this.#tables = [...own];
    this.#saver = new StateSaver(this.#tables);
  }

  /** Describes the operators' states: what their content depends on. */
  get descriptions(): StateDescriptions {
    const names = [...this.#kinds.keys()].sort();
    return Object.fromEntries(
      names.map((name) => [name, (this.#kinds.get(name) as StateKind).description]),
    );
  }

  /** The state of operators, to be read from outside. */
  get view(): StateView {
    const names = [...this.#kinds.keys()].sort();
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
  claim(name: string, kind: StateKind): StateTable {
    if (this.#claimed.has(name))
      throw new PipelineError(`two states are called ${name}: give one of their operators a name`);
    this.#claimed.add(name);
    this.#kinds.set(name, kind);
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

  /**
   * Goes on from saved state.
   *
   * @param saved the states as they were described with it. Default: as they are now.
   * @throws StateMismatchError when one has changed, holds something, and is not migrated.
   */
  restore(state: readonly Uint8Array[], saved: StateDescriptions = this.descriptions): void {
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
    for (const [name, description] of Object.entries(saved)) this.#goOnWith(name, description);
  }

  /** Takes over a state that was saved under this description. */
  #goOnWith(name: string, saved: StateDescription): void {
    const [kind, table] = [this.#kinds.get(name), this.#find(name)];
    const change = kind && changeOf(saved, kind.description);
    if (!kind || !table || change === undefined) return;
    // What was saved under the old description must not be read under the new one.
    this.#saver.startAnew();
    if (table.entryCount === 0) return;
    const { migrate, migrateKey } = kind.options;
    const canMigrate = saved.signature === kind.description.signature;
    if (canMigrate && (migrate || migrateKey)) {
      migrateTable(table, kind.options);
      return;
    }
    const first = canMigrate
      ? 'migrate it, by the option migrate of its operator; '
      : 'go back to what it was; ';
    throw new StateMismatchError(
      `state ${name} ${change}: ${first}drain it, by a run of the old pipeline with atEnd 'complete', which closes windows; or give the job a new name, under which it starts over`,
    );
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
