import type { RecordBlock, RecordList } from '../records/record-block.ts';
import type { RecordSource } from '../records/record-source.ts';
import type { BlockMessage } from './share-message.ts';

/** Gives the blocks of one share, in order; undefined when there are no more. */
export interface BlockFeed {
  next(): Promise<BlockMessage | undefined>;
  close(): Promise<void>;
}

/**
 * Brings the blocks of several shares into one order: by time and user. No two shares have the same
 * user, so that the order is the one that a single thread gives.
 */
export function mergedSource(feeds: readonly BlockFeed[]): RecordSource {
  const heads = feeds.map((feed) => new Head(feed));
  let open: Head[] | undefined;

  const load = async (): Promise<Head[]> => {
    await Promise.all((open ?? heads).map((head) => head.load()));
    open = (open ?? heads).filter((head) => head.block !== undefined);
    return open;
  };
  const firstOf = (all: readonly Head[]): Head | undefined => {
    let first = all[0];
    for (const head of all) if (first !== undefined && head.isBefore(first)) first = head;
    return first;
  };

  return {
    peek: async () => firstOf(await load())?.time,
    async fill(block, until, most) {
      const end = block.actions + Math.min(most, block.capacity - block.actions);
      let all = await load();
      while (block.actions < end) {
        const head = firstOf(all);
        if (head === undefined || head.time > until) break;
        head.moveTo(block);
        if (head.isSpent) all = await load();
      }
      if (block.actions > 0) block.last = block.positionOf(block.actions - 1);
    },
    async close() {
      await Promise.all(feeds.map((feed) => feed.close()));
    },
  };
}

/** The next action of a share. */
class Head {
  readonly #feed: BlockFeed;
  block: BlockMessage | undefined;
  time = 0;
  user = 0;
  #action = 0;
  /** The next record of each list. */
  #records: number[] = [];

  constructor(feed: BlockFeed) {
    this.#feed = feed;
  }

  get isSpent(): boolean {
    return this.block === undefined || this.#action === this.block.actions;
  }

  isBefore(other: Head): boolean {
    return this.time < other.time || (this.time === other.time && this.user < other.user);
  }

  async load(): Promise<void> {
    if (!this.isSpent) return;
    this.block = await this.#feed.next();
    this.#action = 0;
    this.#records = this.block?.lists.map(() => 0) ?? [];
    if (this.block !== undefined) this.#look(this.block);
  }

  /** Adds the action to a block, and goes on to the next. */
  moveTo(into: RecordBlock): void {
    const from = this.block as BlockMessage;
    const { length } = from.lists;
    const [action, to] = [this.#action, into.actions];
    for (let list = 0; list < length; list++) {
      const count = from.counts[action * length + list] as number;
      if (count > 0) this.#moveRecords(from, list, count, into.lists[list] as RecordList);
      into.counts[to * length + list] = count;
    }
    into.times[to] = this.time;
    into.users[to] = this.user;
    into.sessions[to] = from.sessions[action] as number;
    into.items[to] = from.items[action] as number;
    if (from.keys.length > 0) into.keys[to] = from.keys[action] as string;
    into.actions++;
    this.#action++;
    if (!this.isSpent) this.#look(from);
  }

  #moveRecords(from: BlockMessage, list: number, count: number, into: RecordList): void {
    const { bytes, ends } = from.lists[list] as BlockMessage['lists'][number];
    const first = this.#records[list] as number;
    const start = first === 0 ? 0 : (ends[first - 1] as number);
    const end = ends[first + count - 1] as number;
    into.reserve(end - start);
    const offset = into.length - start;
    into.bytes.set(bytes.subarray(start, end), into.length);
    for (let record = first; record < first + count; record++) {
      into.length = (ends[record] as number) + offset;
      into.endRecord();
    }
    this.#records[list] = first + count;
  }

  #look({ times, users }: BlockMessage): void {
    this.time = times[this.#action] as number;
    this.user = users[this.#action] as number;
  }
}
