import type { Position, Share } from '../model/population.ts';
import { populate, type Site } from '../site.ts';
import type { RecordBlock } from './record-block.ts';
import type { RecordWriter } from './record-writer.ts';

/** Gives a simulation's records in the order of time, as much at a time as is asked for. */
export interface RecordSource {
  /** When the next action happens, in epoch seconds; undefined when there is none. */
  peek(): Promise<number | undefined> | number | undefined;
  /**
   * Adds the actions up to a time, in epoch seconds, to a block: as many as it has room for, and at
   * most `most`. Needs a `peek` before.
   */
  fill(block: RecordBlock, until: number, most: number): Promise<void> | void;
  close(): Promise<void>;
}

/** A source that never waits. */
export interface LocalSource extends RecordSource {
  peek(): number | undefined;
  fill(block: RecordBlock, until: number, most: number): void;
}

/** Simulates in this thread: everybody, or a share. */
export function localSource(
  site: Site,
  write: RecordWriter,
  part: { readonly after?: Position | undefined; readonly share?: Share | undefined } = {},
): LocalSource {
  const people = populate(site, part);
  return {
    peek: () => people.next?.time,
    fill(block, until, most) {
      const room = Math.min(most, block.capacity - block.actions);
      const end = block.actions + room;
      while (block.actions < end) {
        const user = people.next;
        if (user === undefined || user.time > until) break;
        write(user, block);
        people.step();
      }
      if (block.actions > 0) block.last = block.positionOf(block.actions - 1);
    },
    async close() {},
  };
}
