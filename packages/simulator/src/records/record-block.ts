import type { Position } from '../model/population.ts';
import { sessionsPerUser, type User } from '../model/user.ts';
import { ByteBuffer } from './byte-buffer.ts';

/** Actions that a block holds when nothing else is said: its bytes then stay in the processor's cache. */
const defaultActions = 512;

/** Encoded records of a topic, one behind the other, without anything between them. */
export class RecordList extends ByteBuffer {
  /** How many there are. */
  count = 0;
  /** Where each of them ends; only the first `count` are valid. */
  ends = new Uint32Array(2 * defaultActions);

  /** Marks the end of a record. */
  endRecord(): void {
    if (this.count === this.ends.length) {
      const ends = new Uint32Array(2 * this.count);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[this.count++] = this.length;
  }

  /** Where a record starts. */
  startOf(record: number): number {
    return record === 0 ? 0 : (this.ends[record - 1] as number);
  }

  override clear(): void {
    super.clear();
    this.count = 0;
  }
}

/**
 * A stretch of a simulation as encoded records: for each list its bytes, and in columns who did what
 * when, so that blocks of several shares can be merged without decoding anything.
 */
export class RecordBlock {
  readonly lists: readonly RecordList[];
  readonly capacity: number;
  /** Things that users did; each has a record in at least one list. */
  actions = 0;
  /** Epoch seconds. */
  readonly times: Float64Array;
  readonly users: Float64Array;
  readonly sessions: Int32Array;
  readonly items: Int32Array;
  /** How many records each action has in each list. */
  readonly counts: Uint8Array;
  /** Keys of the actions; holes where records are written without keys. */
  readonly keys: string[] = [];
  /** How far the simulation is behind this block. */
  last: Position | undefined;

  constructor(lists: number, capacity = defaultActions) {
    this.lists = Array.from({ length: lists }, () => new RecordList());
    this.capacity = capacity;
    this.times = new Float64Array(capacity);
    this.users = new Float64Array(capacity);
    this.sessions = new Int32Array(capacity);
    this.items = new Int32Array(capacity);
    this.counts = new Uint8Array(capacity * lists);
  }

  get isFull(): boolean {
    return this.actions === this.capacity;
  }

  clear(): void {
    for (const list of this.lists) list.clear();
    this.counts.fill(0, 0, this.actions * this.lists.length);
    this.actions = 0;
    this.last = undefined;
  }

  /** Ends a record of the action that is being written. */
  endRecord(list: number): void {
    (this.lists[list] as RecordList).endRecord();
    const slot = this.actions * this.lists.length + list;
    this.counts[slot] = (this.counts[slot] as number) + 1;
  }

  /** Ends the action that is being written. */
  endAction(user: User): void {
    const { actions } = this;
    this.times[actions] = user.time;
    this.users[actions] = user.id;
    this.sessions[actions] = user.sessions;
    this.items[actions] = user.item;
    this.actions = actions + 1;
  }

  /** Where an action stands in the order of all. */
  positionOf(action: number): Position {
    return {
      time: this.times[action] as number,
      user: this.users[action] as number,
      session: this.sessions[action] as number,
      item: this.items[action] as number,
    };
  }

  /** The id that the events of an action share. */
  eventIdOf(action: number): string {
    const { user, session, item } = this.positionOf(action);
    return `${user * sessionsPerUser + session}-${item}`;
  }
}
