import { OptionError } from '../contract/errors.ts';
import type { Topic } from '../contract/event-log.ts';

/**
 * Checks that outputs of a job that go to one topic have one event type.
 *
 * @throws OptionError when they do not.
 */
export function checkTopicsAgree(
  main: Topic<never>,
  named: ReadonlyMap<string, Topic<never>>,
): void {
  for (const [output, topic] of named) {
    const other = [main, ...named.values()].find((each) => each.name === topic.name);
    if (other?.type !== topic.type)
      throw new OptionError(
        `output ${output} and another write to topic ${topic.name} as events of different types: give it a topic of its own`,
      );
  }
}
