import { avroDecoder, type EventLog, type NewRecord } from '@streamify/core';
import { ListenEvent } from '@streamify/models';
import { type SongCount as Count, SongCount, window } from './jobs.ts';

/** How many windows there should be, and how many of them are right. */
export interface WindowCheck {
  readonly windows: number;
  readonly right: number;
  /** Results that no window stands for, or a second time. */
  readonly surplus: number;
}

/** Compares what was counted with a count by hand over the same events. */
export async function checkWindows(
  log: EventLog,
  topic: string,
  listens: readonly NewRecord[],
): Promise<WindowCheck> {
  const expected = new Map<string, number>();
  const decoder = avroDecoder(ListenEvent, log.registry);
  await decoder.prepare(listens.slice(0, 1));
  for (const record of listens) {
    const { ts, trackId } = decoder.decode(record);
    const key = `${trackId ?? ''} ${Math.floor((ts ?? 0) / window) * window}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const windows = expected.size;
  let [right, surplus] = [0, 0];
  for (const { song, start, plays } of await countsIn(log, topic)) {
    const key = `${song} ${start}`;
    if (expected.get(key) === plays) right++;
    else surplus++;
    expected.delete(key);
  }
  return { windows, right, surplus };
}

async function countsIn(log: EventLog, topic: string): Promise<Count[]> {
  const decoder = avroDecoder(SongCount, log.registry);
  const counts: Count[] = [];
  const partitions = (await log.partitions(topic)) ?? 0;
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader(topic, partition);
    const { start, end } = await reader.bounds();
    for (let from = start; from < end; ) {
      const slice = await reader.poll({ from, maxRecords: 20_000, maxBytes: 16e6, maxWait: 5_000 });
      await decoder.prepare(slice.records);
      // Watermarks have no value.
      for (const record of slice.records)
        if (record.value.length > 0) counts.push(decoder.decode(record));
      from = slice.next;
    }
    await reader.close();
  }
  return counts;
}
