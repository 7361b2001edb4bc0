import type { Arrival } from './arrival.ts';
import type { Task } from './task.ts';

/** Awaits one of the calls that a task has under way, and delivers the results that have come. */
export async function settleOne<A, B>(task: Task<A, B>): Promise<void> {
  await task.settled();
  task.run(() => task.deliver());
}

/** Awaits all calls that a task has under way, and delivers their results. */
export async function settleAll<A, B>(task: Task<A, B>): Promise<void> {
  while (task.isWaiting) await settleOne(task);
}

/**
 * Ends a task's events, and awaits the calls that operators make at their end.
 *
 * @throws PipelineError when the pipeline does not end with them, or holds back what no checkpoint covers.
 */
export async function completeTask<A, B>(task: Task<A, B>, last: Arrival): Promise<void> {
  let dead: number;
  task.checkBeforeCompletion(last);
  do {
    // A failure leaves a new pipeline, which does not know yet that its events have ended.
    dead = task.seen.dead;
    task.run(() => task.complete(last));
    await settleAll(task);
  } while (!task.isCompleted && task.seen.dead > dead);
  task.checkCompleted();
}
