import { topicCodec } from '../codec/topic-codec.ts';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import type { TopicCodec, TopicOptions, ValueEncoder } from '../contract/topic-codec.ts';
import { checkTopicName } from './topic-name.ts';

/**
 * Makes the typed view of a log's topic. Where the format has schemas registered, that happens at the
 * first publish, under `<topic>-value` as Kafka's clients do.
 *
 * @throws OptionError when `name` is no topic name, or the options do not go together.
 */
export function typedTopic<S extends RecordSchema, T>(
  log: EventLog,
  name: string,
  type: EventType<S, T>,
  options: TopicOptions = {},
): Topic<T> {
  checkTopicName(name);
  checkOptions(`topic ${name}`, options, { format: true, writtenWith: true, tombstones: true });
  if (typeof type?.keyOf !== 'function')
    throw new OptionError(
      `topic ${name} needs an event type, as defineEvent makes one, got ${String(type)}`,
    );
  const { tombstones = 'skip' } = options;
  if (tombstones !== 'skip' && tombstones !== 'dead-letter')
    throw new OptionError(
      `tombstones of topic ${name} is skip or dead-letter, not ${String(tombstones)}`,
    );
  const codec = topicCodec({ ...options, topic: name, type, registry: log.registry });
  const encoder = once(codec);
  return {
    name,
    log,
    type,
    codec,
    tombstones,
    async publish(values) {
      if (!Array.isArray(values))
        throw new OptionError(`topic ${name} takes an array of values, got ${String(values)}`);
      if (values.length === 0) return;
      const { encode } = await encoder();
      const records = values.map((value) => {
        // What is no value of the type has no key.
        const bytes = encode(value);
        return { key: type.keyOf(value), value: bytes };
      });
      await log.publish(name, records);
    },
  };
}

/** Makes the encoder once, and again where that failed. */
function once<T>(codec: TopicCodec<T>): () => Promise<ValueEncoder<T>> {
  let made: Promise<ValueEncoder<T>> | undefined;
  return () => {
    made ??= codec.encoder().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
