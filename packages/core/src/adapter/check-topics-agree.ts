import { OptionError } from '../contract/errors.ts';
import type { Topic } from '../contract/event-log.ts';

/** A topic that rows go to. */
export interface OutputTopic {
  readonly topic: Topic<never>;
  /** Whether it carries the watermarks of the tasks that feed it. */
  readonly watermarks: boolean;
}

/**
 * Checks that outputs of a job that go to one topic have one event type, and carry watermarks alike.
 *
 * @throws OptionError when they do not.
 */
export function checkTopicsAgree(main: OutputTopic, named: ReadonlyMap<string, OutputTopic>): void {
  for (const [output, { topic, watermarks }] of named) {
    const other = [main, ...named.values()].find((each) => each.topic.name === topic.name);
    const differ = (how: string) =>
      new OptionError(
        `output ${output} and another write to topic ${topic.name} ${how}: give it a topic of its own`,
      );
    if (other?.topic.type !== topic.type) throw differ('as events of different types');
    if (other.watermarks !== watermarks) throw differ('with and without watermarks');
  }
}

/**
 * Checks the option of sinks into topics that says whether they write watermarks.
 *
 * @throws OptionError
 */
export function checkWatermarks(watermarks: unknown): void {
  if (typeof watermarks !== 'boolean')
    throw new OptionError(`watermarks is true or false, got ${String(watermarks)}`);
}

/** Names a topic as what rows go to. One that no longer carries watermarks is another: who reads it would wait for them. */
export function targetOf({ topic: { name }, watermarks }: OutputTopic): string {
  return watermarks ? name : `${name} without watermarks`;
}
