import { Random } from '../model/random.ts';
import { RecordBlock, type RecordList } from '../records/record-block.ts';
import { listsOf, prefix, type RecordFormat } from '../records/record-format.ts';
import { topicOrder } from '../records/record-writer.ts';
import { checkRates, type FaultName, type FaultRates, faultNames } from './fault-rates.ts';
import { asVersion2, malformed } from './spoil.ts';

/** What the side file tells of one fault. */
export interface FaultLabel {
  readonly fault: FaultName;
  readonly topic: string;
  /** Where the record is in its topic's output, from 1: the line of a file. */
  readonly record: number;
  readonly eventId: string;
  /** Event time in epoch milliseconds. */
  readonly ts: number;
}

/** What of an injector outlives the process, as plain data. */
export interface FaultState {
  /** Records that came in so far. */
  readonly seen: number;
  /** Records that went out so far, by list. */
  readonly written: readonly number[];
  readonly held: readonly Held[];
}

/** A record that comes later. */
interface Held {
  readonly fault: FaultName;
  readonly list: number;
  readonly topic: number;
  readonly bytes: string;
  readonly key: string;
  readonly eventId: string;
  readonly time: number;
  /** It comes when the simulation has got to this time … */
  readonly untilTime: number;
  /** … and as many records have come in. */
  readonly untilSeen: number;
}

/** Gives records faults, and tells which. */
export interface FaultInjector {
  /** The records of a block with their faults. What it gives is good until the next call. */
  apply(block: RecordBlock): {
    readonly block: RecordBlock;
    readonly labels: readonly FaultLabel[];
  };
  /** What is still held back: nothing follows. */
  end(): { readonly block: RecordBlock; readonly labels: readonly FaultLabel[] };
  readonly state: FaultState;
}

/**
 * Makes an injector. Each record draws from a generator of its own, by its number: the same simulation
 * has the same faults.
 *
 * - `duplicates`: the record comes again, 1 to 20 records later.
 * - `late`: it comes when the simulation is 1 to 60 minutes further, with the time that it had.
 * - `outOfOrder`: it comes 1 to 20 records later.
 * - `malformed`: it is cut off, or starts with a byte that no record starts with.
 * - `schemaV2`: it has a field more, `connection`; in a log, under the id of the newer schema.
 *
 * Long because every fault draws from, counts in and holds back into the same state, which a checkpoint keeps.
 *
 * @throws OptionError for rates that cannot be.
 */
export function faultInjector(
  options: {
    readonly seed: number;
    readonly rates: FaultRates;
    readonly format: RecordFormat;
    /** Ids of the newer schemas, by topic. */
    readonly newerSchemaIds?: readonly number[];
  },
  from?: FaultState,
): FaultInjector {
  const { seed, rates, format, newerSchemaIds } = options;
  checkRates(rates);
  const lists = listsOf(format);
  const newer = topicOrder.map((_, topic) => prefix(newerSchemaIds?.[topic]));
  const limits = faultNames.map((_, i) =>
    faultNames.slice(0, i + 1).reduce((sum, name) => sum + (rates[name] ?? 0), 0),
  );
  let seen = from?.seen ?? 0;
  const written = [...(from?.written ?? new Array<number>(lists).fill(0))];
  let held = [...(from?.held ?? [])];
  let out = new RecordBlock(lists);
  let labels: FaultLabel[] = [];

  /** Writes a record as an action of its own. */
  const put = (list: number, bytes: Uint8Array, key: string): number => {
    if (out.isFull) out = enlarged(out);
    const to = out.lists[list] as RecordList;
    to.reserve(bytes.length);
    to.append(bytes);
    out.endRecord(list);
    out.keys[out.actions++] = key;
    written[list] = (written[list] as number) + 1;
    return written[list];
  };
  const label = (fault: FaultName, topic: number, record: number, eventId: string, time: number) =>
    labels.push({
      fault,
      topic: topicOrder[topic] as string,
      record,
      eventId,
      ts: time * 1_000,
    });
  const release = (isDue: (record: Held) => boolean): void => {
    if (!held.some(isDue)) return;
    for (const { fault, list, topic, bytes, key, eventId, time } of held.filter(isDue))
      label(fault, topic, put(list, Buffer.from(bytes, 'base64'), key), eventId, time);
    held = held.filter((record) => !isDue(record));
  };
  const start = (): void => {
    out.clear();
    labels = [];
  };

  const pass = (
    block: RecordBlock,
    action: number,
    list: number,
    topic: number,
    bytes: Uint8Array,
  ) => {
    const random = Random.of(seed, seen++, 'faults');
    const draw = random.uniform();
    const fault = faultNames[limits.findIndex((limit) => draw < limit)];
    const key = block.keys[action] ?? '';
    const time = block.times[action] as number;
    if (fault === undefined) {
      put(list, bytes, key);
      return;
    }
    const eventId = block.eventIdOf(action);
    const hold = (untilTime: number, untilSeen: number): void => {
      const copy = Buffer.from(bytes).toString('base64');
      held.push({ fault, list, topic, bytes: copy, key, eventId, time, untilTime, untilSeen });
    };
    const soon = seen + 1 + Math.floor(random.uniform() * 20);
    if (fault === 'late') hold(time + 60 + Math.floor(random.uniform() * 3_540), 0);
    else if (fault === 'outOfOrder') hold(0, soon);
    else if (fault === 'duplicates') {
      put(list, bytes, key);
      hold(0, soon);
    } else {
      const changed =
        fault === 'malformed'
          ? malformed(bytes, random, format)
          : asVersion2(bytes, random, format, newer[topic] as Uint8Array);
      label(fault, topic, put(list, changed, key), eventId, time);
    }
  };

  return {
    apply(block) {
      start();
      const next = new Array<number>(lists).fill(0);
      for (let action = 0; action < block.actions; action++) {
        const time = block.times[action] as number;
        for (let list = 0; list < lists; list++) {
          const from = block.lists[list] as RecordList;
          for (let i = 0; i < (block.counts[action * lists + list] as number); i++) {
            const record = next[list] as number;
            next[list] = record + 1;
            const bytes = from.bytes.subarray(from.startOf(record), from.ends[record]);
            release((held) => time >= held.untilTime && seen >= held.untilSeen);
            pass(block, action, list, lists === 1 ? topicOf(bytes) : list, bytes);
          }
        }
      }
      out.last = block.last;
      return { block: out, labels };
    },
    end() {
      start();
      release(() => true);
      return { block: out, labels };
    },
    get state() {
      return { seen, written: [...written], held: [...held] };
    },
  };
}

/** The topic that a line of several topics starts with. */
function topicOf(line: Uint8Array): number {
  const start = Buffer.from(line.buffer, line.byteOffset, Math.min(64, line.length)).toString();
  return topicOrder.findIndex((topic) => start.startsWith(`{"topic":"${topic}"`));
}

/** The same block with room for twice as many actions. */
function enlarged(block: RecordBlock): RecordBlock {
  const larger = new RecordBlock(block.lists.length, 2 * block.capacity);
  for (const [i, list] of block.lists.entries()) {
    const to = larger.lists[i] as RecordList;
    to.reserve(list.length);
    to.append(list.written);
    to.ends = list.ends;
    to.count = list.count;
  }
  larger.counts.set(block.counts);
  larger.keys.push(...block.keys);
  larger.actions = block.actions;
  return larger;
}
