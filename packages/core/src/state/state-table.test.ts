import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { StateTable, type TableChange } from './state-table.ts';

type Model = Map<number, Map<string, unknown>>;

const recording = () => new StateTable('test', { recording: true });
const copyOf = (model: Model): Model =>
  new Map([...model].map(([segment, values]) => [segment, new Map(values)]));

/** What a table holds, seen through all that it offers. */
function contentOf(table: StateTable) {
  return table.segments().map((segment) => {
    const entries = table.entries(segment);
    const whole = entries.every(([key, value]) => table.get(segment, key) === value);
    if (!whole || table.size(segment) !== entries.length) throw new Error('the views differ');
    return [segment, entries];
  });
}

function contentOfModel(model: Model) {
  return [...model]
    .filter(([, values]) => values.size > 0)
    .sort(([a], [b]) => a - b)
    .map(([segment, values]) => [segment, [...values].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function restored(changes: readonly TableChange[]): StateTable {
  const table = recording();
  for (const change of changes) table.restore(structuredClone(change));
  return table;
}

describe('StateTable', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'agrees with a plain map over thousands of random steps, seed %i',
    (seed) => {
      const random = seededRandom(seed);
      const below = (n: number) => Math.floor(random() * n);
      let table = recording();
      let model: Model = new Map();
      let journals: TableChange[] = [];

      const act = () => {
        const [segment, key] = [below(4), `k${below(5)}`];
        const values = model.get(segment) ?? new Map();
        const kind = below(10);
        if (kind === 0) {
          table.drop(segment);
          model.delete(segment);
        } else if (kind < 4) {
          table.delete(segment, key);
          values.delete(key);
        } else {
          const value = below(1_000);
          table.set(segment, key, value);
          model.set(segment, values.set(key, value));
        }
      };

      for (let step = 0; step < 1_500; step++) {
        table.startStep();
        const before = copyOf(model);
        for (let actions = below(5); actions > 0; actions--) act();
        if (below(4) === 0) {
          table.undoStep();
          model = before;
        }
        expect(contentOf(table)).toEqual(contentOfModel(model));
        if (below(8) > 0) continue;

        const change = table.takeChange();
        if (change) journals.push(change);
        if (below(10) === 0) journals = [table.snapshot()];
        const again = restored(journals);
        expect(JSON.stringify(contentOf(again))).toBe(JSON.stringify(contentOfModel(model)));
        if (below(2) === 0) table = again;
      }
    },
  );

  it('has no change where nothing was written', () => {
    const table = recording();
    table.get(0, 'a');
    table.drop(0);
    table.delete(0, 'a');
    expect(table.takeChange()).toBeUndefined();
  });

  it('puts into a change only what its epoch wrote', () => {
    const table = recording();
    table.set(0, 'old', 1);
    table.set(0, 'gone', 1);
    table.takeChange();
    table.set(0, 'new', 2);
    table.delete(0, 'gone');
    expect(table.takeChange()).toEqual({
      table: 'test',
      drops: [],
      deletes: [[0, 'gone']],
      writes: [{ segment: 0, keys: ['new'], values: [2] }],
    });
  });

  it('puts into a change the last value of each key, once', () => {
    const table = recording();
    for (let value = 0; value < 10; value++) table.set(0, 'a', value);
    expect(table.takeChange()?.writes).toEqual([{ segment: 0, keys: ['a'], values: [9] }]);
  });

  it('lists entries by key, however they came', () => {
    const table = recording();
    for (const key of ['b', 'ä', 'a', 'B', '']) table.set(0, key, key);
    expect(table.entries(0).map(([key]) => key)).toEqual(['', 'B', 'a', 'b', 'ä']);
  });

  it('lists segments by number', () => {
    const table = recording();
    for (const segment of [10, -1, 9, 0]) table.set(segment, 'a', 1);
    expect(table.segments()).toEqual([-1, 0, 9, 10]);
  });

  it('forgets a segment as soon as it holds nothing, restored or not', () => {
    const table = recording();
    table.set(3, 'a', 1);
    const written = table.takeChange() as TableChange;
    table.delete(3, 'a');
    expect(table.segments()).toEqual([]);
    const deleted = table.takeChange() as TableChange;
    expect(restored([written, deleted]).segments()).toEqual([]);
  });

  it('refuses undefined, which would look like nothing', () => {
    expect(() => recording().set(0, 'a', undefined)).toThrow(
      new PipelineError('state test was set to undefined: use delete'),
    );
  });

  it('remembers no writes where nobody saves or undoes them', () => {
    const table = new StateTable('test', { recording: false });
    table.set(0, 'a', 1);
    table.drop(0);
    table.set(1, 'b', 1);
    expect(table.takeChange()).toBeUndefined();
    table.undoStep();
    expect(contentOf(table)).toEqual([[1, [['b', 1]]]]);
  });
});
