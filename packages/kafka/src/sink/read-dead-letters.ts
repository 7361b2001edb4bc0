import type { DeadLetter, EventLog } from '@streamify/core';
import { openLetters, writtenEnd } from '@streamify/core/adapter';
import { closedBy, readDeadLetter } from './dead-letter-message.ts';

const atOnce = { maxRecords: 10_000, maxBytes: 64 * 1024 * 1024 };
/** Milliseconds for which a transaction is waited for whose end the partition may not have heard of yet. */
const settling = 2_000;

/**
 * Reads the dead letters that are committed by now in a topic of them and still open, partition by partition, oldest
 * first. A commit is answered before all partitions have heard of it, so it waits for transactions that are under way.
 */
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
      const [{ start }, end] = await Promise.all([reader.bounds(), writtenEnd(reader)]);
      let until = performance.now() + settling;
      for (let from = start; from < end && performance.now() < until; ) {
        const maxWait = until - performance.now();
        const { records, next } = await reader.poll({ ...atOnce, from, maxWait });
        if (next > from) until = performance.now() + settling;
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
