import { UnknownTopicError } from '../contract/errors.ts';
import type { EventLog } from '../contract/event-log.ts';

/** The offset that the next record of each partition gets. */
export async function endOffsets(log: EventLog, topic: string): Promise<readonly number[]> {
  const partitions = await log.partitions(topic);
  if (partitions === undefined)
    throw new UnknownTopicError(`there is no topic ${topic}: create it with createTopic`);
  return Promise.all(Array.from({ length: partitions }, (_, each) => endOf(log, topic, each)));
}

async function endOf(log: EventLog, topic: string, partition: number): Promise<number> {
  const reader = await log.reader(topic, partition);
  try {
    return (await reader.bounds()).end;
  } finally {
    await reader.close();
  }
}
