import type { NewRecord } from '@streamify/core/adapter';
import type { Message } from 'kafkajs';

/** Makes a message of a record, for a partition. */
export function messageOf(
  { key, value, headers }: Omit<NewRecord, 'partition'>,
  partition: number,
): Message {
  const { buffer, byteOffset, byteLength } = value;
  return {
    key,
    value: Buffer.isBuffer(value) ? value : Buffer.from(buffer, byteOffset, byteLength),
    partition,
    ...(headers && { headers: { ...headers } }),
  };
}
