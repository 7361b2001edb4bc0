import { OffsetOutOfRangeError } from '../contract/errors.ts';
import type { NewRecord, Topic } from '../contract/event-log.ts';
import { endOffsets } from './end-offsets.ts';
import { targetPartition } from './target-partition.ts';

/** Options of {@link resumingPublisher}. */
export interface ResumingPublisherOptions {
  /** Of the topic, which is created where there is none. */
  readonly partitions: number;
  /**
   * Where the source begins in each partition: `offsets` of a publisher before, when the source goes
   * on from there. Default: at the start of the log, when the source starts over.
   */
  readonly from?: readonly number[];
}

/** Publishes the records of a deterministic source, each once. One call at a time. */
export interface ResumingPublisher<T> {
  /** Publishes the values that the topic does not hold yet, and passes over the others. */
  publish(values: readonly T[]): Promise<void>;
  /** Publishes records as they are, such as a line that is no event, where the topic does not hold them yet. */
  publishRecords(records: readonly NewRecord[]): Promise<void>;
  /** Records that the source gave so far, whether the topic held them already or not. */
  readonly count: number;
  /** Records in the topic: those of earlier runs, and those of this one. */
  readonly stored: number;
  /** Where the source stands in each partition. */
  readonly offsets: readonly number[];
  /** Whether some of what an earlier run has published is still to come. */
  readonly isBehind: boolean;
}

/**
 * Publishes the records of a deterministic source, exactly once however often it starts over: each
 * partition passes over as many records as it held already. The source has to give the records of
 * each partition in the same order in each run, and nobody else may publish to the topic. Use it for
 * imports and simulations, which keep no state of their own.
 *
 * A publisher whose publish has failed takes no more, since nobody knows which of its records are stored:
 * make another one, and let the source start over.
 *
 * @throws PartitionCountError when the topic exists with another count.
 * @throws OffsetOutOfRangeError when the topic ends before `from`.
 *
 * @example
 * const publisher = await resumingPublisher(log.topic('plays', Play), { partitions: 4 });
 * for await (const plays of playsOf(file)) await publisher.publish(plays);
 */
export async function resumingPublisher<T>(
  topic: Topic<T>,
  { partitions, from }: ResumingPublisherOptions,
): Promise<ResumingPublisher<T>> {
  const { log, name, type } = topic;
  await log.createTopic(name, { partitions });
  const ends = await endOffsets(log, name);
  const starts = ends.map((end, partition) => startOf(name, partition, end, from));
  const offsets = [...starts];
  let failure: unknown;

  const isNew = (record: Pick<NewRecord, 'key' | 'partition'>): boolean => {
    const partition = targetPartition(name, partitions, record);
    const offset = offsets[partition] as number;
    offsets[partition] = offset + 1;
    return offset >= (ends[partition] as number);
  };
  const publishNew = async (publish: () => Promise<void>) => {
    if (failure !== undefined) throw failure;
    try {
      await publish();
    } catch (cause) {
      failure = cause;
      throw cause;
    }
  };

  return {
    publish: (values) =>
      publishNew(() => topic.publish(values.filter((value) => isNew({ key: type.keyOf(value) })))),
    publishRecords: (records) => publishNew(() => log.publish(name, records.filter(isNew))),
    get count() {
      return sum(offsets) - sum(starts);
    },
    get stored() {
      return sum(offsets.map((offset, partition) => Math.max(offset, ends[partition] as number)));
    },
    get offsets() {
      return [...offsets];
    },
    get isBehind() {
      return offsets.some((offset, partition) => offset < (ends[partition] as number));
    },
  };
}

function startOf(
  topic: string,
  partition: number,
  end: number,
  from: readonly number[] | undefined,
): number {
  const offset = from?.[partition] ?? 0;
  if (Number.isSafeInteger(offset) && offset >= 0 && offset <= end) return offset;
  throw new OffsetOutOfRangeError({ topic, partition, offset, start: 0, end });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
