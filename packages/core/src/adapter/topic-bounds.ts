import type { Bounds, EventLog } from '../contract/event-log.ts';
import { unknownTopic } from './topic-errors.ts';

/**
 * Gives the bounds of each partition of a topic.
 *
 * @throws UnknownTopicError when there is no such topic.
 */
export async function topicBounds(log: EventLog, topic: string): Promise<readonly Bounds[]> {
  const partitions = await log.partitions(topic);
  if (partitions === undefined) throw unknownTopic(topic);
  return Promise.all(Array.from({ length: partitions }, (_, each) => boundsOf(log, topic, each)));
}

async function boundsOf(log: EventLog, topic: string, partition: number): Promise<Bounds> {
  const reader = await log.reader(topic, partition);
  try {
    return await reader.bounds();
  } finally {
    await reader.close();
  }
}
