import type { DeadLetter, EventLog } from '@streamify/core';
import { readDeadLetter } from './dead-letter-message.ts';

const atOnce = { maxRecords: 10_000, maxBytes: 64 * 1024 * 1024, maxWait: 1_000 };

/** Reads the dead letters that are committed so far in a topic of them, partition by partition, oldest first. */
export async function readDeadLetters(log: EventLog, topic: string): Promise<DeadLetter[]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  const letters: DeadLetter[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader(topic, partition);
    try {
      const { start, end } = await reader.bounds();
      for (let from = start; from < end; ) {
        const { records, next } = await reader.poll({ ...atOnce, from });
        letters.push(...records.map(readDeadLetter));
        from = next;
      }
    } finally {
      await reader.close();
    }
  }
  return letters;
}
