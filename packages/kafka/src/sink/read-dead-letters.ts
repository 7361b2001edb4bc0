import type { DeadLetter, EventLog } from '@streamify/core';
import { openLetters } from '@streamify/core/adapter';
import { closedBy, readDeadLetter } from './dead-letter-message.ts';

const atOnce = { maxRecords: 10_000, maxBytes: 64 * 1024 * 1024, maxWait: 1_000 };

/** Reads the dead letters that are committed so far in a topic of them and still open, partition by partition, oldest first. */
export async function readDeadLetters(
  log: EventLog,
  topic: string,
): Promise<readonly DeadLetter[]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  const letters: DeadLetter[] = [];
  const closed: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const reader = await log.reader(topic, partition);
    try {
      const { start, end } = await reader.bounds();
      for (let from = start; from < end; ) {
        const { records, next } = await reader.poll({ ...atOnce, from });
        for (const record of records) {
          const letter = closedBy(record);
          if (letter === undefined) letters.push(readDeadLetter(record));
          else closed.push(letter);
        }
        from = next;
      }
    } finally {
      await reader.close();
    }
  }
  return openLetters(letters, closed);
}
