import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { EventLog, LogRecord, NewRecord, PartitionReader } from '../contract/event-log.ts';

/** The log and the topic of a case, and a way to open the log again. */
export interface Context {
  readonly log: EventLog;
  readonly topic: string;
  reopen(): Promise<EventLog>;
}
/** One promise, checked. */
export type Check = (context: Context) => Promise<void>;

/** Long enough for any log to deliver what it has; only a failing case waits for it. */
export const patience = 10_000;
export const limits = { maxRecords: 1_000, maxBytes: 1_000_000 };

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const record = (key: string, value: string): NewRecord => ({ key, value: text(value) });
export const textOf = ({ value }: LogRecord): string => new TextDecoder().decode(value);
export const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Reads what a partition holds, slice by slice. */
export async function drain(
  reader: PartitionReader,
  request: { readonly maxRecords: number; readonly maxBytes: number } = limits,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const { start, end } = await reader.bounds();
  for (let from = start; from < end; ) {
    const slice = await reader.poll({ ...request, from, maxWait: patience });
    if (slice.next === from) break;
    records.push(...slice.records);
    from = slice.next;
  }
  return records;
}

/** Reads all that a topic holds, partition by partition. */
export async function readTopic(log: EventLog, topic: string): Promise<LogRecord[][]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  return Promise.all(
    numbers(partitions).map(async (partition) => {
      const reader = await log.reader(topic, partition);
      const records = await drain(reader);
      await reader.close();
      return records;
    }),
  );
}

/** A topic with one partition that holds `values`, and a reader of it. */
export async function single({ log, topic }: Context, values: readonly string[] = []) {
  await log.createTopic(topic, { partitions: 1 });
  await log.publish(
    topic,
    values.map((value) => record('key', value)),
  );
  return log.reader(topic, 0);
}

/** Waits for what has to come without delay, and fails when it does not: the log would keep a case waiting. */
export async function soon<T>(waiting: Promise<T>, what: string): Promise<T> {
  const came = new AbortController();
  const late = setTimeout(patience, undefined, { signal: came.signal }).then(
    () => assert.fail(`${what} has not ended after ${patience / 1_000} s`),
    () => waiting,
  );
  try {
    return await Promise.race([waiting, late]);
  } finally {
    came.abort();
  }
}
