import { watermarkRecord } from '../codec/watermark-record.ts';
import type { NewRecord } from '../contract/event-log.ts';
import type { TaskId } from '../contract/sink.ts';

/** Watermark records that a commit writes for the readers of its topics, before and behind its rows. */
export interface ToldWatermark {
  /** Comes before the task's first rows, and says that there is such a task. */
  readonly before: NewRecord | undefined;
  /** Comes behind the rows, and carries the task's watermark. */
  readonly behind: NewRecord | undefined;
  /** The last watermark that the task has written, this commit counted, to be kept with the checkpoint; text, because JSON has no infinity. */
  readonly told: string | undefined;
}

/**
 * Makes the watermark records of a commit: each of them goes to every partition of each of its topics.
 * There are none when the job's number of tasks is not known, since readers wait for all of its tasks.
 *
 * @param told the last watermark that the task has written, as the commit before has kept it.
 */
export function tellWatermark(
  { job, partition, partitions: writers }: TaskId,
  { watermark, hasRows }: { readonly watermark: number; readonly hasRows: boolean },
  told: string | undefined,
): ToldWatermark {
  if (writers === undefined) return { before: undefined, behind: undefined, told };
  const record = (at: number) =>
    watermarkRecord({ writer: `${job}/${partition}`, writers, watermark: at });
  // Readers know of this task before its first row.
  const isFirst = told === undefined && hasRows;
  // Event time may look younger behind a restart; what was told is not taken back.
  const hasMoved = watermark > Number(told ?? Number.NEGATIVE_INFINITY);
  return {
    before: isFirst ? record(Number.NEGATIVE_INFINITY) : undefined,
    behind: hasMoved ? record(watermark) : undefined,
    told: hasMoved ? String(watermark) : isFirst ? '-Infinity' : told,
  };
}
