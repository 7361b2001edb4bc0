import { SegmentCollector, type StateTable, type TableChange } from './state-table.ts';

/**
 * Goes once over all entries of some tables, a few at a time, while the tables go on changing.
 *
 * What a sweep gives, together with the journals since it began, applied in their order, is all
 * the state there is: an entry that is untouched meanwhile is given once, one that was touched is
 * in a journal. So a snapshot need not be taken in one piece, which would hold up an epoch.
 */
export class StateSweep {
  readonly #parts: Iterator<readonly [StateTable, number, string, unknown]>;
  #isDone = false;

  constructor(tables: readonly StateTable[]) {
    this.#parts = entriesOf(tables);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** The next entries, as changes. Call it when an epoch has ended and its own change was taken. */
  take(count: number): TableChange[] {
    const writes = new Map<StateTable, SegmentCollector>();
    for (let i = 0; i < count; i++) {
      const next = this.#parts.next();
      if (next.done) {
        this.#isDone = true;
        break;
      }
      const [table, segment, key, value] = next.value;
      const collector = writes.get(table) ?? new SegmentCollector();
      writes.set(table, collector);
      collector.add(segment, key, value);
    }
    return [...writes].map(([{ name }, collector]) => ({
      table: name,
      drops: [],
      deletes: [],
      writes: collector.segments(),
    }));
  }
}

function* entriesOf(
  tables: readonly StateTable[],
): Generator<readonly [StateTable, number, string, unknown]> {
  for (const table of tables)
    for (const [segment, key, value] of table.live()) yield [table, segment, key, value];
}
