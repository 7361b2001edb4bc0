import { PartitionCountError, UnknownTopicError } from '../contract/errors.ts';

/** Makes the error of a topic that does not exist, which says how to create it. */
export function unknownTopic(topic: string): UnknownTopicError {
  return new UnknownTopicError(
    `there is no topic ${topic}; create it first: createTopic('${topic}', { partitions })`,
  );
}

/** Makes the error of a reader whose topic was deleted: a topic that is created later under the name is another one. */
export function deletedTopic(topic: string): UnknownTopicError {
  return new UnknownTopicError(
    `topic ${topic} was deleted while it was read; a topic made under that name since is another: ask the log for a new reader`,
  );
}

/**
 * Checks that a topic that exists has as many partitions as asked for.
 *
 * @throws PartitionCountError when it has another number of them.
 */
export function checkSameCount(topic: string, existing: number, asked: number): void {
  if (existing === asked) return;
  throw new PartitionCountError(
    `topic ${topic} has ${existing} partitions, not ${asked}; a count never changes: publish to a new topic instead`,
  );
}

/**
 * Checks that a topic has a partition.
 *
 * @throws PartitionCountError when it does not.
 */
export function checkPartition(topic: string, partitions: number, partition: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  throw new PartitionCountError(
    `topic ${topic} has partitions 0 to ${partitions - 1}, there is no ${partition}`,
  );
}
