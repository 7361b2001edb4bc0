import { OptionError } from '@streamify/core';
import { checkTopicName } from '@streamify/core/adapter';

/** The topics that a job has beside those that it writes rows to. */
export interface JobTopics {
  /** Where each task got to, and its state: compacted. */
  readonly checkpoints: string;
  readonly deadLetters: string;
  readonly sideOutputs: string;
}

/**
 * Names the topics of a job, as `land_20plays.checkpoints` for the job `land plays`: letters, digits
 * and hyphens are kept, an underscore is doubled, and other characters are `_` and the hexadecimal
 * digits of their bytes. No two jobs share a name; nor do they where Kafka takes a dot for an
 * underscore, as in the names of its metrics.
 *
 * @throws OptionError when the job's name is empty, or too long for a topic.
 */
export function jobTopics(job: string): JobTopics {
  const name = job
    .replaceAll('_', '__')
    .replace(/[^a-zA-Z0-9_-]/gu, (sign) =>
      [...Buffer.from(sign)].map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''),
    );
  if (name === '') throw new OptionError('a job without a name has no topics: give it one');
  const topics = {
    checkpoints: `${name}.checkpoints`,
    deadLetters: `${name}.dead-letters`,
    sideOutputs: `${name}.side-outputs`,
  };
  for (const topic of Object.values(topics)) checkTopicName(topic);
  return topics;
}
