import { randomUUID } from 'node:crypto';
import type { EventLog } from '@streamify/core';
import { avroDecoder, type NewRecord, partitionOf } from '@streamify/core/adapter';
import { ListenEvent } from '@streamify/models';
import kafkajs, { type Consumer } from 'kafkajs';
import { openListens } from '../hand-written.ts';
import { cleanListen } from '../rules.ts';

/** Where it works. */
export interface BareKafkaOptions {
  readonly brokers: readonly string[];
  readonly log: EventLog;
  readonly partitions: number;
}

/** The same work with nothing but kafkajs, at the settings that suit it best. */
export function bareKafka({ brokers, log, partitions }: BareKafkaOptions) {
  const { registry } = log;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });

  /** Consumes so many records in batches. */
  const consumeBatches = async (
    topic: string,
    count: number,
    each: (
      records: readonly { readonly value: Buffer; readonly offset: string }[],
      partition: number,
      consumer: Consumer,
    ) => Promise<void>,
  ): Promise<number> => {
    const bytes = 4 * 1024 * 1024;
    const consumer = kafka.consumer({
      groupId: randomUUID(),
      maxBytesPerPartition: bytes,
      maxBytes: partitions * bytes,
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      const eachBatch: kafkajs.EachBatchHandler = async ({ batch }) => {
        const { messages, partition } = batch;
        await each(messages as { value: Buffer; offset: string }[], partition, consumer);
        seen += messages.length;
        if (seen >= count) resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
    await consumer.disconnect();
    return seen;
  };

  return {
    /** Publishes encoded records, idempotently, so many at once. */
    async produce(topic: string, records: readonly NewRecord[], size: number): Promise<number> {
      const producer = kafka.producer({
        idempotent: true,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      await producer.connect();
      for (let at = 0; at < records.length; at += size)
        await producer.send({
          topic,
          acks: -1,
          messages: records.slice(at, at + size).map(({ key, value }) => ({
            key,
            value: value as Buffer,
            partition: partitionOf(key, partitions),
          })),
        });
      await producer.disconnect();
      return records.length;
    },

    /** Consumes so many records, decodes them, and does nothing with them. */
    async consume(topic: string, count: number): Promise<number> {
      const decoder = avroDecoder(ListenEvent, registry);
      return consumeBatches(topic, count, async (records) => {
        await decoder.prepare(records);
        for (const record of records) decoder.decode(record);
      });
    },

    /** Cleans so many listens and appends them to a table, at least once: a crash repeats the last batch. */
    async land(topic: string, count: number, path: string): Promise<number> {
      const decoder = avroDecoder(ListenEvent, registry);
      const table = await openListens(path);
      const seen = await consumeBatches(topic, count, async (records, partition, consumer) => {
        await decoder.prepare(records);
        await table.append(
          records.map((record) => ({
            listen: cleanListen(decoder.decode(record)),
            offset: Number(record.offset),
          })),
          { topic, partition },
        );
        const offset = String(Number(records.at(-1)?.offset) + 1);
        await consumer.commitOffsets([{ topic, partition, offset }]);
      });
      table.close();
      return seen;
    },
  };
}
