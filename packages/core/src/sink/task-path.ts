import { OptionError } from '../errors.ts';
import type { TaskId } from './sink.ts';

/**
 * Where a task's files are: `<job>/<partition>`. Signs that file systems do not take are encoded as in URLs.
 *
 * @throws OptionError when the job's name cannot name a folder.
 */
export function taskPath({ job, partition }: TaskId): string {
  if (job === '.' || job === '..')
    throw new OptionError(`job ${job} cannot name a folder: rename it`);
  return `${encodeURIComponent(job).replaceAll('*', '%2A')}/${partition}`;
}
