import type { EventLog } from '../contract/event-log.ts';
import { topicBounds } from './topic-bounds.ts';

/**
 * The offset that the next record of each partition gets.
 *
 * @throws UnknownTopicError when there is no such topic.
 */
export async function endOffsets(log: EventLog, topic: string): Promise<readonly number[]> {
  return (await topicBounds(log, topic)).map(({ end }) => end);
}
