import type { Message } from 'kafkajs';
import { ByteWriter, varintSize, varlongSize } from './byte-writer.ts';
import { compress } from './codecs.ts';
import { crc32c } from './crc32c.ts';
import { attribute, field, magic } from './record-batch.ts';

/** The version of the Produce API that is written here: Kafka has it since 2.1. */
export const produceVersion = 7;

/** The request that kafkajs hands over to be sent. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly compression?: number;
  readonly transactionalId?: string | null;
  readonly producerId?: number | string;
  readonly producerEpoch?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly Message[];
    }[];
  }[];
}

/** Writes a Produce request. Source: Apache Kafka documentation, "Protocol", "Produce Request (Version: 7)". */
export async function encodeProduceRequest(request: ProduceRequest): Promise<Buffer> {
  const { acks, timeout, transactionalId = null, topicData } = request;
  const now = Date.now();
  const writer = new ByteWriter(64 * 1024);
  writer.string(transactionalId);
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    writer.string(topic);
    writer.int32(partitions.length);
    for (const { partition, firstSequence = 0, messages } of partitions) {
      writer.int32(partition);
      const batch = await recordBatch(messages, { ...request, firstSequence, now });
      writer.int32(batch.length);
      writer.bytes(batch);
    }
  }
  return writer.written;
}

interface BatchContext {
  readonly compression?: number;
  readonly transactionalId?: string | null;
  readonly producerId?: number | string;
  readonly producerEpoch?: number;
  readonly firstSequence: number;
  readonly now: number;
}

async function recordBatch(messages: readonly Message[], context: BatchContext): Promise<Buffer> {
  const { compression = 0, transactionalId, producerId = -1, producerEpoch = 0 } = context;
  const times = messages.map(({ timestamp }) => Number(timestamp ?? context.now));
  const [first = context.now] = times;
  const writer = new ByteWriter(64 * 1024);
  writer.int64(0);
  writer.int32(0); // the length, once it is known
  writer.int32(-1);
  writer.int8(magic);
  writer.int32(0); // the checksum
  writer.int16(compression | (transactionalId ? attribute.transactional : 0));
  writer.int32(messages.length - 1);
  writer.int64(first);
  writer.int64(times.reduce((latest, time) => Math.max(latest, time), first));
  writer.int64(String(producerId));
  writer.int16(producerEpoch);
  writer.int32(context.firstSequence);
  writer.int32(messages.length);
  for (const [i, message] of messages.entries())
    writeRecord(writer, message, i, (times[i] as number) - first);
  if (compression !== 0) {
    const records = writer.written.subarray(field.records);
    const compressed = await compress(compression, records);
    writer.at = field.records;
    writer.bytes(compressed);
  }
  const batch = writer.written;
  batch.writeInt32BE(batch.length - field.leaderEpoch, field.length);
  batch.writeUInt32BE(crc32c(batch, field.attributes), field.crc);
  return batch;
}

/** Bytes of a batch that holds one message, without compression: what a topic's `max.message.bytes` bounds. */
export function batchBytesOf({ key, value, headers }: Message): number {
  const size = recordBytes(lengthOf(key), lengthOf(value), headerList(headers), 0, 0);
  return field.records + varintSize(size) + size;
}

/** Source: Apache Kafka documentation, "Message Format", "Record". */
function writeRecord(
  writer: ByteWriter,
  { key, value, headers }: Message,
  offsetDelta: number,
  timestampDelta: number,
): void {
  const keyLength = lengthOf(key);
  const valueLength = lengthOf(value);
  const named = headerList(headers);
  writer.varint(recordBytes(keyLength, valueLength, named, offsetDelta, timestampDelta));
  writer.int8(0);
  writer.varlong(timestampDelta);
  writer.varint(offsetDelta);
  writeBytes(writer, key, keyLength);
  writeBytes(writer, value, valueLength);
  writer.varint(named.length);
  for (const [name, content] of named) {
    writeBytes(writer, name, lengthOf(name));
    writeBytes(writer, content, lengthOf(content));
  }
}

/** Bytes of a record behind its length. */
function recordBytes(
  keyLength: number,
  valueLength: number,
  named: readonly (readonly [string, Content])[],
  offsetDelta: number,
  timestampDelta: number,
): number {
  let size = 1 + varlongSize(timestampDelta) + varintSize(offsetDelta);
  size += sizeOf(keyLength) + sizeOf(valueLength) + varintSize(named.length);
  for (const [name, content] of named) size += sizeOf(lengthOf(name)) + sizeOf(lengthOf(content));
  return size;
}

type Content = Buffer | string | null | undefined;

const none: readonly (readonly [string, Content])[] = [];

function headerList(headers: Message['headers']): readonly (readonly [string, Content])[] {
  if (!headers) return none;
  return Object.entries(headers).flatMap(([name, values]) =>
    Array.isArray(values)
      ? values.map((value): [string, Content] => [name, value])
      : [[name, values] as [string, Content]],
  );
}

/** Bytes of a text or buffer; -1 stands for none. */
function lengthOf(content: Content): number {
  if (content === null || content === undefined) return -1;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** Bytes of a content with its length before it. */
function sizeOf(length: number): number {
  return varintSize(length) + Math.max(0, length);
}

function writeBytes(writer: ByteWriter, content: Content, length: number): void {
  writer.varint(length);
  if (typeof content === 'string') writer.text(content, length);
  else if (content) writer.bytes(content);
}
