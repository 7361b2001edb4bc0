import type { EpochCommit, EpochOutput } from '../contract/epoch.ts';
import { OptionError } from '../contract/errors.ts';

/**
 * Checks that a job does not write to a topic that it reads.
 *
 * @throws OptionError when it does.
 */
export function checkOwnInput(
  job: string,
  topics: Iterable<string>,
  { next }: EpochCommit,
  { causes }: EpochOutput<unknown>,
): void {
  for (const topic of topics)
    if (next[topic] !== undefined || causes[0]?.topic === topic)
      throw new OptionError(
        `job ${job} reads topic ${topic} and writes to it, which would never end: give it another topic`,
      );
}
