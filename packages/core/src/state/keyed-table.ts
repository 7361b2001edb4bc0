import { keyOfText, keyText } from '../codec/key-text.ts';
import type { Key } from '../contract/key.ts';
import type { KeyedState } from './keyed-state.ts';
import type { StateTable } from './state-table.ts';

/** A state's table, seen by keys of any kind. */
export class KeyedTable<V, K extends Key> implements KeyedState<V, K> {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  get(segment: number, key: K): V | undefined {
    return this.#table.get(segment, keyText(key)) as V | undefined;
  }

  set(segment: number, key: K, value: V): void {
    this.#table.set(segment, keyText(key), value);
  }

  delete(segment: number, key: K): void {
    this.#table.delete(segment, keyText(key));
  }

  drop(segment: number): void {
    this.#table.drop(segment);
  }

  segments(): readonly number[] {
    return this.#table.segments();
  }

  size(segment: number): number {
    return this.#table.size(segment);
  }

  entries(segment: number): readonly (readonly [key: K, value: V])[] {
    const entries = this.#table.entries(segment);
    return entries.map(([text, value]) => [keyOfText(text) as K, value as V] as const);
  }
}
