import type { JobOptions } from '@streamify/core';

/** A job whose types only itself knows: what jobs of different topics have in common. */
export interface AnyJob {
  readonly name: string;
  /** Hands the job to whoever can start jobs of any types. */
  readonly startBy: <R>(start: <A, B>(job: JobOptions<A, B>) => R) => R;
}

/** Hides the types of a job. */
export const anyJob = <A, B>(job: JobOptions<A, B>): AnyJob => ({
  name: job.name,
  startBy: (start) => start(job),
});
