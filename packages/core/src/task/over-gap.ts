import { OffsetOutOfRangeError } from '../contract/errors.ts';

/** Whether a job goes on over records that were deleted before it had read them, and who counts these. */
export interface GapPolicy {
  readonly onGap: 'fail' | 'skip';
  /** Counts the offsets that are left out. */
  readonly skipped: (offsets: number) => void;
}

/**
 * Gives the offset to go on from where the log no longer has the one that a job wants.
 *
 * @throws OffsetOutOfRangeError with the way on, when the job does not go on over gaps, or the log ends before.
 */
export function overGap(failure: OffsetOutOfRangeError, { onGap, skipped }: GapPolicy): number {
  const { topic, partition, offset, start, end } = failure;
  const where = { topic, partition, offset, start, end };
  if (offset > end)
    throw new OffsetOutOfRangeError({
      ...where,
      advice:
        'records that the job has read are gone, or this is another log. Restore the log, or give the job a new name, under which it starts over',
    });
  if (onGap === 'fail')
    throw new OffsetOutOfRangeError({
      ...where,
      advice: `${start - offset} offsets were deleted before the job had read them. To go on without them and keep the state, run the job with onGap: 'skip'; to start over, give it a new name`,
    });
  skipped(start - offset);
  return start;
}

/** Whether a reader has thrown that the log does not hold an offset. */
export function isOutOfRange(cause: unknown): cause is OffsetOutOfRangeError {
  // Not by its class: two installed copies of this package have a class each.
  const { code } = (cause ?? {}) as Partial<OffsetOutOfRangeError>;
  return code === 'STREAMIFY_OFFSET_OUT_OF_RANGE';
}
