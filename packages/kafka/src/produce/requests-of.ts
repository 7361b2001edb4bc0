import type { Message } from 'kafkajs';
import { endOfBatch } from './message-batch.ts';

/** Messages for one partition, in their order. */
export interface PartitionMessages {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Message[];
}

/** Bytes after which a request is full. */
const requestBytes = 900_000;
/** Most messages of one partition in a request. */
const batchMessages = 10_000;

/**
 * Splits messages up into requests, each with at most one batch of a partition. The batches of a
 * partition keep their order.
 */
export function* requestsOf(
  parts: readonly PartitionMessages[],
  maxBatchBytes: number,
): Generator<readonly PartitionMessages[]> {
  let request: PartitionMessages[] = [];
  let bytes = 0;
  let rest = parts
    .filter(({ messages }) => messages.length > 0)
    .map((part) => ({ ...part, at: 0 }));
  while (rest.length > 0) {
    for (const part of rest) {
      const { topic, partition, messages, at } = part;
      const room = { messages: batchMessages, bytes: maxBatchBytes, isEmpty: true };
      part.at = endOfBatch(messages, at, room);
      request.push({ topic, partition, messages: messages.slice(at, part.at) });
      bytes += maxBatchBytes - room.bytes;
      if (bytes < requestBytes) continue;
      yield request;
      request = [];
      bytes = 0;
    }
    if (request.length > 0) yield request;
    request = [];
    bytes = 0;
    rest = rest.filter(({ messages, at }) => at < messages.length);
  }
}
