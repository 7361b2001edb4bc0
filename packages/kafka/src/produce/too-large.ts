import type { Broker, Cluster, Message } from 'kafkajs';
import { ConfigResourceTypes } from '../client/kafkajs.ts';
import { RecordTooLargeError } from '../errors.ts';
import { sizeOf } from './message-batch.ts';
import type { NumberedBatch } from './numbered-batch.ts';

/** A broker with the request for settings, which kafkajs has no type for. */
interface SettingsGiver extends Broker {
  describeConfigs(request: {
    readonly resources: readonly {
      readonly type: number;
      readonly name: string;
      readonly configNames: readonly string[];
    }[];
  }): Promise<{
    readonly resources: readonly {
      readonly configEntries: readonly { readonly configValue: string }[];
    }[];
  }>;
}

/**
 * Splits what a broker found too large: a request into its batches, and a batch into halves, which keep the numbers
 * of their messages. Empty when it is a single message.
 *
 * A request's batches come first, because some of them may be stored, and are known again only whole.
 */
export function splitUp(batches: readonly NumberedBatch[]): readonly (readonly NumberedBatch[])[] {
  if (batches.length > 1) return batches.map((batch) => [batch]);
  const [batch] = batches;
  if (!batch || batch.messages.length < 2) return [];
  const { messages, firstSequence } = batch;
  const half = Math.ceil(messages.length / 2);
  return [
    [{ ...batch, messages: messages.slice(0, half) }],
    // Behind the last number comes 0.
    [{ ...batch, messages: messages.slice(half), firstSequence: (firstSequence + half) % 2 ** 31 }],
  ];
}

/** Makes the error of a message that is too large for its topic. */
export async function tooLarge(
  cluster: Cluster | undefined,
  topic: string,
  message: Message,
): Promise<RecordTooLargeError> {
  const key = String(message.key ?? '');
  const limit = await limitOf(cluster, topic).catch(() => undefined);
  return new RecordTooLargeError({ topic, key, size: sizeOf(message), limit });
}

async function limitOf(cluster: Cluster | undefined, topic: string): Promise<number | undefined> {
  const broker = (await cluster?.findControllerBroker()) as SettingsGiver | undefined;
  const configNames = ['max.message.bytes'];
  const found = await broker?.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
  });
  const value = found?.resources[0]?.configEntries[0]?.configValue;
  return value === undefined ? undefined : Number(value);
}
