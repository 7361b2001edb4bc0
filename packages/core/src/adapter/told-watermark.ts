import { watermarkRecord } from '../codec/watermark-record.ts';
import type { NewRecord } from '../contract/event-log.ts';
import type { TaskId } from '../contract/sink.ts';

/** What a commit tells the readers of its topics of how far its task has come. */
export interface ToldWatermark {
  /** Before the rows: that there is such a task. */
  readonly before: NewRecord | undefined;
  /** Behind the rows: how far it has come. */
  readonly behind: NewRecord | undefined;
  /** The last that is told by then, as text, because JSON has no infinity; to be kept with the checkpoint. */
  readonly told: string | undefined;
}

/**
 * Decides what a commit tells of its watermark: each record for every partition of each of its topics.
 * Nothing when the size of the job is not known, since readers wait for all of its tasks.
 *
 * @param told what was kept by the commit before.
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
