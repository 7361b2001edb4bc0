import type { StartedWorker } from '@streamify/test-kit';
import type { WorkerMessage } from './worker-job.ts';

/** For how long, and how often, tests look for what has to come about. */
export const patient = { timeout: 60_000, interval: 10 };

/** The partitions that a worker works on. */
export function holdsOf({ messages }: StartedWorker<WorkerMessage>): readonly number[] {
  return messages.findLast((message) => 'holds' in message)?.holds ?? [];
}

/** How often it has committed windows. */
export function commitsOf({ messages }: StartedWorker<WorkerMessage>): number {
  return messages.filter((message) => 'committed' in message).length;
}
