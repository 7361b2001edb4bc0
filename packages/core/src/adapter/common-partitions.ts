import { PartitionCountError } from '../contract/errors.ts';
import { unknownTopic } from './topic-errors.ts';

/**
 * The number of partitions of topics that are read together.
 *
 * @throws UnknownTopicError when one of them does not exist.
 * @throws PartitionCountError when they do not have equally many.
 */
export async function commonPartitions(
  topics: readonly string[],
  partitionsOf: (topic: string) => Promise<number | undefined>,
): Promise<number> {
  const counts = await Promise.all(
    topics.map(async (topic) => {
      const count = await partitionsOf(topic);
      if (count === undefined) throw unknownTopic(topic);
      return count;
    }),
  );
  const [partitions = 0] = counts;
  if (counts.every((count) => count === partitions)) return partitions;
  throw new PartitionCountError(
    `topics read together need equally many partitions: ${topics.map((topic, i) => `${topic} has ${counts[i]}`).join(', ')}`,
  );
}
