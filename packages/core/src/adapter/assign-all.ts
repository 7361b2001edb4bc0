import type { Assignment, AssignmentListener } from '../contract/event-log.ts';
import { commonPartitions } from './common-partitions.ts';

/**
 * Assigns every partition at once, for a log that one process reads. Closing it revokes them all.
 *
 * @throws UnknownTopicError when a topic does not exist.
 * @throws PartitionCountError when the topics do not have equally many partitions.
 */
export async function assignAll(
  topics: readonly string[],
  partitionsOf: (topic: string) => Promise<number | undefined>,
  listener: AssignmentListener,
): Promise<Assignment> {
  const partitions = await commonPartitions(topics, partitionsOf);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const revokeAll = async () => {
    await Promise.all(all.map((partition) => listener.revoked(partition)));
  };
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let closing: Promise<void> | undefined;
  for (const partition of all) listener.assigned(partition);
  return {
    isShared: false,
    ended,
    close() {
      closing ??= revokeAll().finally(end);
      return closing;
    },
  };
}
