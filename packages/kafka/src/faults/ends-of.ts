import type { EventLog } from '@streamify/core';

/** The offset that the next record of each partition will get. */
export async function endsOf(log: EventLog, topic: string): Promise<readonly number[]> {
  const partitions = (await log.partitions(topic)) ?? 0;
  return Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const reader = await log.reader(topic, partition);
      try {
        return (await reader.bounds()).end;
      } finally {
        await reader.close();
      }
    }),
  );
}
