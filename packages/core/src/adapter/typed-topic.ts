import { type AvroEncoder, avroEncoder } from '../codec/avro-codec.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import { checkTopicName } from './topic-name.ts';

/**
 * Makes the typed view of a log's topic. The schema is registered at the first publish, under
 * `<topic>-value` as Kafka's clients do.
 *
 * @throws OptionError when `name` is no topic name.
 */
export function typedTopic<S extends RecordSchema, T>(
  log: EventLog,
  name: string,
  type: EventType<S, T>,
): Topic<T> {
  checkTopicName(name);
  let registered: Promise<AvroEncoder<T>> | undefined;

  const register = async () =>
    avroEncoder(type, await log.registry.register(`${name}-value`, type.schema));

  const encoder = (): Promise<AvroEncoder<T>> => {
    registered ??= register().catch((error: unknown) => {
      registered = undefined;
      throw error;
    });
    return registered;
  };

  return {
    name,
    log,
    type,
    async publish(values) {
      if (values.length === 0) return;
      const { encode } = await encoder();
      const records = values.map((value) => ({ key: type.keyOf(value), value: encode(value) }));
      await log.publish(name, records);
    },
  };
}
