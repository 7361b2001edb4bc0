import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JobName } from './jobs.ts';

/** What several processes did together. */
export interface JobRun {
  readonly in: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Done {
  readonly counts: Readonly<Record<string, number>>;
  readonly cpuSeconds: number;
}

/** Runs a job to its end in so many processes, which have started before the clock does. */
export async function runInProcesses(
  job: JobName,
  processes: number,
  args: readonly string[],
): Promise<JobRun> {
  const worker = join(import.meta.dirname, 'kafka-worker.js');
  const children = Array.from({ length: processes }, () => fork(worker, [job, ...args]));
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const started = performance.now();
    const done = await Promise.all(
      children.map(async (child) => {
        child.send('start');
        const [message] = await Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(() => Promise.reject(new Error(`a process of ${job} has died`))),
        ]);
        return message as Done;
      }),
    );
    const seconds = (performance.now() - started) / 1_000;
    return {
      in: done.reduce((sum, { counts }) => sum + (counts['in'] ?? 0), 0),
      seconds,
      cpuSeconds: done.reduce((sum, each) => sum + each.cpuSeconds, 0),
    };
  } finally {
    for (const child of children) child.kill();
  }
}
