import { PartitionCountError, UnknownTopicError } from '../contract/errors.ts';

/** There is no such topic: says how to make one. */
export function unknownTopic(topic: string): UnknownTopicError {
  return new UnknownTopicError(
    `there is no topic ${topic}; create it first: createTopic('${topic}', { partitions })`,
  );
}

/** The topic of a reader was deleted: says that one of its name is another. */
export function deletedTopic(topic: string): UnknownTopicError {
  return new UnknownTopicError(
    `topic ${topic} was deleted while it was read; a topic made under that name since is another: ask the log for a new reader`,
  );
}

/** @throws PartitionCountError when a topic exists with another count than asked for. */
export function checkSameCount(topic: string, existing: number, asked: number): void {
  if (existing === asked) return;
  throw new PartitionCountError(
    `topic ${topic} has ${existing} partitions, not ${asked}; a count never changes: publish to a new topic instead`,
  );
}

/** @throws PartitionCountError when a topic has no such partition. */
export function checkPartition(topic: string, partitions: number, partition: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  throw new PartitionCountError(
    `topic ${topic} has partitions 0 to ${partitions - 1}, there is no ${partition}`,
  );
}
