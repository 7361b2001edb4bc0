import type { EventLog, EventType, RecordSchema } from '@streamify/core';
import { avroDecoder } from '@streamify/core/adapter';
import { ListenEvent } from '@streamify/models';
import { SongCount, window } from './jobs.ts';

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
  listens: string,
): Promise<WindowCheck> {
  const expected = new Map<string, number>();
  for await (const { ts, trackId } of eventsIn(log, listens, ListenEvent)) {
    const key = `${trackId ?? ''} ${Math.floor((ts ?? 0) / window) * window}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const windows = expected.size;
  let [right, surplus] = [0, 0];
  for await (const { song, start, plays } of eventsIn(log, topic, SongCount)) {
    const key = `${song} ${start}`;
    if (expected.get(key) === plays) right++;
    else surplus++;
    expected.delete(key);
  }
  return { windows, right, surplus };
}

/** All that a topic holds; watermarks have no value. */
async function* eventsIn<T>(log: EventLog, topic: string, type: EventType<RecordSchema, T>) {
  const decoder = avroDecoder(type, log.registry);
  const partitions = (await log.partitions(topic)) ?? 0;
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader(topic, partition);
    const { start, end } = await reader.bounds();
    for (let from = start; from < end; ) {
      const slice = await reader.poll({ from, maxRecords: 20_000, maxBytes: 16e6, maxWait: 5_000 });
      const records = slice.records.filter(({ value }) => value.length > 0);
      await decoder.prepare(records);
      for (const record of records) yield decoder.decode(record);
      from = slice.next;
    }
    await reader.close();
  }
}
