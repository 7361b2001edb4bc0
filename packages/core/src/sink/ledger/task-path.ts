import { OptionError } from '../../contract/errors.ts';
import type { TaskId } from '../../contract/sink.ts';

/** Where a task's files are: `<job>/<partition>`. */
export function taskPath({ job, partition }: TaskId): string {
  return `${jobPath(job)}/${partition}`;
}

/**
 * Where the tasks of a job are. Signs that file systems do not take are encoded as in URLs.
 *
 * @throws OptionError when the job's name cannot name a folder.
 */
export function jobPath(job: string): string {
  if (job === '.' || job === '..')
    throw new OptionError(`job ${job} cannot name a folder: rename it`);
  return encodeURIComponent(job).replaceAll('*', '%2A');
}
