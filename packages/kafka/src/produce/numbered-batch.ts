import type { Message } from 'kafkajs';
import type { PartitionMessages } from './requests-of.ts';

/** A batch with the number of its first message, by which a broker knows it again. */
export interface NumberedBatch extends PartitionMessages {
  readonly firstSequence: number;
}

/** Batches as a request has them: by topic. */
export function topicDataOf(batches: readonly NumberedBatch[]) {
  const byTopic = new Map<
    string,
    { partition: number; firstSequence: number; messages: Message[] }[]
  >();
  for (const { topic, partition, firstSequence, messages } of batches) {
    const entry = { partition, firstSequence, messages: messages as Message[] };
    const entries = byTopic.get(topic);
    if (entries) entries.push(entry);
    else byTopic.set(topic, [entry]);
  }
  return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
}
