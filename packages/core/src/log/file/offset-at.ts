import type { ReadablePartition } from './readable-partition.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { segmentsIn } from './segments.ts';

/**
 * Finds the first record that was logged at `timestamp`, in epoch milliseconds, or later. Looks for
 * the segment by its first record, and in it block by block: a log's time never goes back.
 */
export async function offsetAt(partition: ReadablePartition, timestamp: number): Promise<number> {
  const { files, place } = partition;
  const end = await partition.refresh();
  const segments = await segmentsIn(place.dir);
  let offset = segments[0];
  for (const segment of segments.reverse()) {
    const cursor = await SegmentCursor.open(place.dir, files, segment);
    try {
      const loggedAt = await cursor.nextLoggedAt(end);
      if (loggedAt !== undefined && loggedAt >= timestamp) offset = segment;
      else return await cursor.skipToTime(timestamp, end);
    } finally {
      await cursor.close();
    }
  }
  return offset;
}
