import { copyOfHeaders, type NewRecord } from '@streamify/core/adapter';
import type { IHeaders, Message } from 'kafkajs';

/** Makes a message of a record, for a partition. A record without a value has none in Kafka either, which is not the same as one of no bytes. */
export function messageOf(
  { key, value, headers }: Omit<NewRecord, 'partition'>,
  partition: number,
): Message {
  return {
    key,
    value: contentOf(value),
    partition,
    // kafkajs has no type for a header without a value.
    ...(headers && { headers: copyOfHeaders(headers) as IHeaders }),
  };
}

function contentOf(value: Uint8Array): Buffer | null {
  const { buffer, byteOffset, byteLength } = value;
  if (byteLength === 0) return null;
  return Buffer.isBuffer(value) ? value : Buffer.from(buffer, byteOffset, byteLength);
}
