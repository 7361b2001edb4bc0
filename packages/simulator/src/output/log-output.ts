import type { EventLog } from '@streamify/core';
import { type NewRecord, partitionOf } from '@streamify/core/adapter';
import { CheckpointError } from '../errors.ts';
import type { RecordBlock, RecordList } from '../records/record-block.ts';
import { topicOrder } from '../records/record-writer.ts';
import type { OutputMark, RecordOutput } from './record-output.ts';

/**
 * Publishes each topic to a log, keyed by device.
 *
 * A mark has the ends of all partitions. Going on from one, each partition passes over as many records as
 * it holds behind it: the same simulation comes again, so that they are there already.
 */
export async function logOutput(
  log: EventLog,
  { partitions, isText }: { readonly partitions: number; readonly isText: boolean },
  mark?: OutputMark,
): Promise<RecordOutput> {
  const held: number[][] = [];
  for (const topic of topicOrder) {
    await log.createTopic(topic, { partitions });
    const ends = await endsOf(log, topic, partitions);
    const marked = mark?.[topic] as readonly number[] | undefined;
    held.push(ends.map((end, partition) => end - (marked?.[partition] ?? end)));
    const missing = held.at(-1)?.findIndex((count) => count < 0) ?? -1;
    if (missing >= 0)
      throw new CheckpointError(
        `partition ${missing} of ${topic} ends at ${ends[missing]}, and the checkpoint was taken at ${marked?.[missing]}: it is not the log that was written; start over without the checkpoint`,
      );
  }
  const isThere = (topic: number, key: string): boolean => {
    const left = held[topic] as number[];
    const partition = partitionOf(key, partitions);
    if ((left[partition] as number) === 0) return false;
    left[partition] = (left[partition] as number) - 1;
    return true;
  };

  return {
    async write(block) {
      const isPublished = topicOrder.map((_, i) => (held[i] as number[]).some((n) => n > 0));
      await Promise.all(
        topicOrder.map(async (topic, i) => {
          const all = recordsOf(block, i, isText);
          const records = isPublished[i] ? all.filter(({ key }) => !isThere(i, key)) : all;
          if (records.length > 0) await log.publish(topic, records);
        }),
      );
    },
    async mark() {
      const ends = topicOrder.map(async (topic, i) => {
        const there = await endsOf(log, topic, partitions);
        // What is still to be passed over lies behind where this run has got to.
        return [topic, there.map((end, partition) => end - (held[i]?.[partition] ?? 0))];
      });
      return Object.fromEntries(await Promise.all(ends));
    },
    end: () => undefined,
    close: () => log.close(),
  };
}

function recordsOf(block: RecordBlock, list: number, isText: boolean): NewRecord[] {
  const { bytes, ends } = block.lists[list] as RecordList;
  const { length } = block.lists;
  const records: NewRecord[] = [];
  let start = 0;
  for (let action = 0; action < block.actions; action++) {
    const count = block.counts[action * length + list] as number;
    for (let i = 0; i < count; i++) {
      const end = ends[records.length] as number;
      // A line in a log has no line end.
      const value = bytes.subarray(start, isText ? end - 1 : end);
      records.push({ key: block.keys[action] as string, value });
      start = end;
    }
  }
  return records;
}

async function endsOf(log: EventLog, topic: string, partitions: number): Promise<number[]> {
  const ends: number[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader(topic, partition);
    try {
      ends.push((await reader.bounds()).end);
    } finally {
      await reader.close();
    }
  }
  return ends;
}
