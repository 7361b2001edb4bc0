import { commonPartitions } from '../adapter/common-partitions.ts';
import { PartitionCountError } from '../contract/errors.ts';
import type { Assignment, AssignmentListener } from '../contract/event-log.ts';
import type { Clock } from './clock.ts';

/** Milliseconds after which the numbers of partitions are looked up again. */
const every = 5_000;
/** How often topics that are read together may be found with unequal numbers: one gets them before the other. */
const mostUnequal = 12;

/**
 * Assigns every partition, and those that are added later, until it is closed.
 *
 * @throws UnknownTopicError when a topic does not exist.
 * @throws PartitionCountError when the topics do not have equally many partitions. `ended` rejects with it when they
 *   stay unequal for a minute.
 */
export async function assignGrowing(
  topics: readonly string[],
  partitionsOf: (topic: string) => Promise<number | undefined>,
  listener: AssignmentListener,
  clock: Clock,
): Promise<Assignment> {
  const closing = new AbortController();
  let count = 0;
  const grow = (partitions: number) => {
    while (count < partitions && !closing.signal.aborted) listener.assigned(count++);
  };
  grow(await commonPartitions(topics, partitionsOf));

  const watch = async () => {
    for (let unequal = 0; !closing.signal.aborted; ) {
      await clock.sleep(every, closing.signal);
      try {
        grow(await commonPartitions(topics, partitionsOf));
        unequal = 0;
      } catch (cause) {
        // Of other failures the tasks tell, which read there.
        if (cause instanceof PartitionCountError && ++unequal > mostUnequal) throw cause;
      }
    }
  };
  const watching = watch();
  watching.catch(() => {});

  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    await Promise.all(Array.from({ length: count }, (_, each) => listener.revoked(each)));
  };
  return {
    isShared: false,
    ended: watching,
    close() {
      closed ??= close();
      return closed;
    },
  };
}
