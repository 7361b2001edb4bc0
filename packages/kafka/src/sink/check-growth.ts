import { type EventLog, StateMismatchError } from '@streamify/core';
import { hasState, topicBounds } from '@streamify/core/adapter';
import { readLater } from './read-task.ts';

/** Milliseconds for which a transaction of a task that works is waited for. */
const patience = 2_000;

/**
 * Refuses further tasks to a job whose tasks keep state: it belongs to the keys of their partitions,
 * and keys move when a topic gets more partitions. Processes that work on its other tasks would not notice.
 *
 * @param checkpoints the job's topic of checkpoints, or none when there is none yet.
 * @throws StateMismatchError when there is state of fewer tasks.
 */
export async function checkGrowth(
  log: EventLog,
  checkpoints: string,
  { job, partitions }: { readonly job: string; readonly partitions: number },
): Promise<void> {
  const before = (await log.partitions(checkpoints)) ?? partitions;
  if (before >= partitions) return;
  for (const [partition, { start, end }] of (await topicBounds(log, checkpoints)).entries()) {
    const place = { log, topic: checkpoints, partition };
    const { records } = await readLater(place, { from: start, last: end - 1 }, patience);
    if (hasState(records.progress?.pipeline ?? ''))
      throw new StateMismatchError(
        `job ${job} has state of ${before} partitions, and reads ${partitions} now, among which its keys are shared out anew: give the job a new name, under which it starts over`,
      );
  }
}
