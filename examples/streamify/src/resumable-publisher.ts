import type { EventLog, Topic } from '@streamify/core';
import { type NewRecord, partitionOf } from '@streamify/core/adapter';

/**
 * Publishes what a deterministic source gives, exactly once however often the source starts over:
 * each partition passes over as many records as it held when this run began.
 */
export interface ResumablePublisher<T> {
  publish(values: readonly T[]): Promise<void>;
  /** Publishes bytes as they are, such as a line that is no event. */
  publishRaw(records: readonly NewRecord[]): Promise<void>;
  /** Records that the source gave so far, whether they were there already or not. */
  readonly count: number;
  /** Records in the topic: those of earlier runs, and those of this one. */
  readonly stored: number;
  /** Whether some of what an earlier run has published is still to come. */
  readonly isBehind: boolean;
}

/** The order in which one partition's records come must be the same in each run. */
export async function resumablePublisher<T>(
  log: EventLog,
  topic: Topic<T>,
  { partitions }: { readonly partitions: number },
): Promise<ResumablePublisher<T>> {
  await log.createTopic(topic.name, { partitions });
  const held = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => endOf(log, topic.name, partition)),
  );
  let stored = held.reduce((sum, each) => sum + each, 0);
  let count = 0;
  const isNew = (key: string): boolean => {
    count++;
    const partition = partitionOf(key, partitions);
    const left = held[partition] as number;
    if (left > 0) held[partition] = left - 1;
    else stored++;
    return left === 0;
  };
  return {
    publish: (values) => topic.publish(values.filter((value) => isNew(topic.type.keyOf(value)))),
    publishRaw: (records) =>
      log.publish(
        topic.name,
        records.filter(({ key }) => isNew(key)),
      ),
    get count() {
      return count;
    },
    get stored() {
      return stored;
    },
    get isBehind() {
      return held.some((left) => left > 0);
    },
  };
}

async function endOf(log: EventLog, topic: string, partition: number): Promise<number> {
  const reader = await log.reader(topic, partition);
  try {
    return (await reader.bounds()).end;
  } finally {
    await reader.close();
  }
}
