import type { RunningJob } from '@streamify/core';

/** Lets jobs run until `signal` fires or one of them fails, which stops the others. Throws what that one threw. */
export async function runJobs(jobs: readonly RunningJob[], signal: AbortSignal): Promise<void> {
  const stop = () => {
    for (const job of jobs) job.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const results = await Promise.allSettled(jobs.map(({ done }) => done.finally(stop)));
  signal.removeEventListener('abort', stop);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
