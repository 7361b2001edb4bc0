import { OptionError } from '../contract/errors.ts';

/**
 * Checks a name of a topic. The rule is Kafka's, so that every log takes the same names; it
 * also keeps a name from being a path.
 *
 * @throws OptionError
 */
export function checkTopicName(topic: string): void {
  const isText = typeof topic === 'string';
  if (isText && /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..') return;
  throw new OptionError(
    `a topic name has 1 to 249 letters, digits, dots, underscores or hyphens, and is not . or ..: ${isText ? JSON.stringify(topic) : String(topic)}`,
  );
}

/**
 * Checks a number of partitions.
 *
 * @throws OptionError when no topic can have so many.
 */
export function checkPartitions(topic: string, partitions: number): void {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= 100_000) return;
  throw new OptionError(`topic ${topic} needs 1 to 100000 partitions, not ${partitions}`);
}
