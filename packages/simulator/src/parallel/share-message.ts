import type { Position, Share } from '../model/population.ts';
import type { RecordBlock, RecordList } from '../records/record-block.ts';
import type { RecordFormat } from '../records/record-format.ts';
import type { SimulationOptions } from '../simulation-options.ts';

/** What a worker is to simulate. */
export interface ShareTask {
  readonly options: SimulationOptions;
  readonly format: RecordFormat;
  readonly share: Share;
  readonly after: Position | undefined;
}

/** A block as it goes from thread to thread; undefined when there is nothing more. */
export interface BlockMessage {
  readonly actions: number;
  readonly lists: readonly {
    readonly bytes: Uint8Array;
    readonly ends: Uint32Array;
    readonly count: number;
  }[];
  readonly times: Float64Array;
  readonly users: Float64Array;
  readonly sessions: Int32Array;
  readonly items: Int32Array;
  readonly counts: Uint8Array;
  readonly keys: readonly string[];
}

/** Copies what is in a block, so that it can be given away. */
export function toMessage(block: RecordBlock): BlockMessage {
  const { actions } = block;
  return {
    actions,
    lists: block.lists.map((list: RecordList) => ({
      bytes: new Uint8Array(list.written),
      ends: list.ends.slice(0, list.count),
      count: list.count,
    })),
    times: block.times.slice(0, actions),
    users: block.users.slice(0, actions),
    sessions: block.sessions.slice(0, actions),
    items: block.items.slice(0, actions),
    counts: block.counts.slice(0, actions * block.lists.length),
    keys: block.keys.slice(0, actions),
  };
}

/** The memory of a message that goes over without a copy. */
export const transferred = (message: BlockMessage): ArrayBuffer[] =>
  [
    ...message.lists.flatMap(({ bytes, ends }) => [bytes, ends]),
    message.times,
    message.users,
    message.sessions,
    message.items,
    message.counts,
  ].map(({ buffer }) => buffer as ArrayBuffer);
