import { OffsetOutOfRangeError, OptionError } from '../contract/errors.ts';
import type { PartitionReader } from '../contract/event-log.ts';

/**
 * Says where a task starts that has no checkpoint: at the first record that the log holds, behind the
 * last, at the first that was logged at `timestamp` (epoch milliseconds) or later, or at offsets by
 * input (by topic where there is but one input) and partition.
 */
export type StartAt =
  | 'earliest'
  | 'latest'
  | { readonly timestamp: number }
  | { readonly offsets: Readonly<Record<string, readonly number[]>> };

/**
 * Finds the offset that a task starts from.
 *
 * @throws OptionError when no offset is given for this partition.
 * @throws OffsetOutOfRangeError when the log does not reach to the given offset.
 */
export async function startOffset(
  startAt: StartAt,
  where: { readonly input: string; readonly topic: string; readonly partition: number },
  reader: PartitionReader,
): Promise<number> {
  const { start, end } = await reader.bounds();
  if (startAt === 'earliest') return start;
  if (startAt === 'latest') return end;
  if ('timestamp' in startAt) return reader.offsetAt(startAt.timestamp);
  const { input, topic, partition } = where;
  const offset = startAt.offsets[input]?.[partition];
  if (offset === undefined)
    throw new OptionError(`startAt.offsets.${input} has no offset for partition ${partition}`);
  if (offset < start || offset > end)
    throw new OffsetOutOfRangeError({ topic, partition, offset, start, end });
  return offset;
}
