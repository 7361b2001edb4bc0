import { jobTopics } from '../sink/job-topics.ts';
import type { TaskProgress } from '../sink/task-progress.ts';
import { committedRecords } from './committed-records.ts';

/** What a job has counted in all its tasks, a line each, as its checkpoints have it. */
export async function countsOf(brokers: readonly string[], job: string): Promise<string[]> {
  const last = new Map<number, TaskProgress>();
  for (const { partition, key, value } of await committedRecords(
    brokers,
    jobTopics(job).checkpoints,
  ))
    if (String(key) === 'checkpoint') last.set(partition, JSON.parse(String(value)));
  const sums = new Map<string, number>();
  for (const { counts } of last.values())
    for (const [name, n] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + n);
  return [...sums].map(([name, n]) => countLine(name, n));
}

/** A count on a line. */
export const countLine = (name: string, n: number) => `count of ${name} is ${n}`;
