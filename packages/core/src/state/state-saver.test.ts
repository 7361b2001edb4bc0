import { describe, expect, it } from 'vitest';
import { stateAfter } from '../adapter/state-after.ts';
import { decodeState } from './state-encoding.ts';
import { StateSaver } from './state-saver.ts';
import { StateTable } from './state-table.ts';

const tableOf = (name: string) => new StateTable(name, { recording: true });
/** All of a table as text, which is faster to compare. */
const contentOf = (table: StateTable) =>
  JSON.stringify(table.segments().map((segment) => [segment, table.entries(segment)]));

/** Numbers from 0 to 1, excluded, with a period of 2^32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A table with the state that a sink would give back, and the saver that goes on from it. */
function restore(saved: readonly Uint8Array[], name = 'seen') {
  const table = tableOf(name);
  const saver = new StateSaver([table]);
  for (const bytes of saved) {
    const state = decodeState(bytes);
    saver.restored(state, bytes.length);
    for (const change of state.changes) table.restore(change);
  }
  return { table, saver };
}

/** One epoch with a number of random writes, deletes and drops. */
function disturb(table: StateTable, random: () => number, writes: number): void {
  for (let i = 0; i < writes; i++) {
    table.startStep();
    const segment = Math.floor(random() * 4);
    const key = `key ${Math.floor(random() * 60_000)}`;
    const what = random();
    if (what < 0.00002) table.drop(segment);
    else if (what < 0.1) table.delete(segment, key);
    else table.set(segment, key, 'x'.repeat(40) + i);
    if (random() < 0.05) table.undoStep();
  }
}

describe('saved state', () => {
  it('is whole after every epoch of a sweep, also without the parts that it says are not needed', () => {
    const random = randomFrom(3);
    const table = tableOf('seen');
    const saver = new StateSaver([table]);
    let [kept, everything]: [readonly Uint8Array[], readonly Uint8Array[]] = [[], []];
    let forgotten = 0;
    for (let epoch = 0; epoch < 80; epoch++) {
      disturb(table, random, epoch < 20 ? 12_000 : 3_000);
      const change = saver.take();
      if (!change) throw new Error('the epoch changed nothing');
      kept = stateAfter(kept, change, ({ bytes }) => bytes);
      everything = change.kind === 'replace' ? [change.bytes] : [...everything, change.bytes];
      if (change.keep) forgotten++;
      if (epoch % 20 === 19 || change.keep) {
        const now = contentOf(table);
        expect(contentOf(restore(kept).table) === now, `epoch ${epoch}`).toBe(true);
        expect(contentOf(restore(everything).table) === now, `epoch ${epoch}`).toBe(true);
      }
    }
    expect(forgotten).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(everything.length);
  }, 30_000);

  it('is written anew in parts that are not larger for a larger state', () => {
    const table = tableOf('seen');
    const saver = new StateSaver([table]);
    for (let i = 0; i < 400_000; i++) table.set(0, `listener ${i}`, true);
    saver.take();
    const sizes: number[] = [];
    let keep: number | undefined;
    for (let epoch = 0; keep === undefined; epoch++) {
      table.set(0, `listener ${epoch}`, false);
      const change = saver.take();
      sizes.push(change?.bytes.length ?? 0);
      keep = change?.keep;
    }
    expect(keep).toBe(sizes.length);
    expect(sizes).toHaveLength(21);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });

  it('does not begin a sweep anew after a restart', () => {
    const table = tableOf('seen');
    let saver = new StateSaver([table]);
    let saved: readonly Uint8Array[] = [];
    for (let i = 0; i < 400_000; i++) table.set(0, `listener ${i}`, true);
    let sweeping = true;
    for (let epoch = 0; sweeping; epoch++) {
      table.set(0, 'latest', epoch);
      const change = saver.take();
      saved = stateAfter(saved, change, ({ bytes }) => bytes);
      sweeping = change?.keep === undefined;
    }
    const again = restore(saved);
    again.table.set(0, 'latest', 'after');
    saver = again.saver;
    expect(saver.take()?.bytes.length).toBeLessThan(1_000);
  });

  it('is one small snapshot where there is little state, however long it goes on', () => {
    const table = tableOf('seen');
    const saver = new StateSaver([table]);
    let saved: readonly Uint8Array[] = [];
    let most = 0;
    for (let epoch = 0; epoch < 5_000; epoch++) {
      table.set(0, 'watermark', epoch);
      saved = stateAfter(saved, saver.take(), ({ bytes }) => bytes);
      most = Math.max(most, saved.length);
    }
    expect(most).toBe(1_001);
    expect(contentOf(restore(saved).table)).toEqual(contentOf(table));
  });
});
