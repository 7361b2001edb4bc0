import type { EpochCommit, EpochOutput } from '../contract/epoch.ts';
import { OptionError } from '../contract/errors.ts';

/** @throws OptionError when a job writes to a topic that it reads. */
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
