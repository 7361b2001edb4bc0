import { randomUUID } from 'node:crypto';
import { avroDecoder, type NewRecord, partitionOf, type SchemaRegistry } from '@streamify/core';
import { ListenEvent } from '@streamify/models';
import kafkajs from 'kafkajs';

/** The same work with nothing but kafkajs, at the settings that suit it best. */
export function bareKafka(brokers: string[], registry: SchemaRegistry, partitions: number) {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
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

    /** Consumes so many records in batches, decodes them, and does nothing with them. */
    async consume(topic: string, count: number): Promise<number> {
      const bytes = 4 * 1024 * 1024;
      const consumer = kafka.consumer({
        groupId: randomUUID(),
        maxBytesPerPartition: bytes,
        maxBytes: partitions * bytes,
      });
      const decoder = avroDecoder(ListenEvent, registry);
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      let seen = 0;
      await new Promise<void>((resolve, reject) => {
        const eachBatch: kafkajs.EachBatchHandler = async ({ batch }) => {
          const records = batch.messages.map(({ value }) => ({ value: value as Buffer }));
          await decoder.prepare(records);
          for (const record of records) decoder.decode(record);
          seen += records.length;
          if (seen >= count) resolve();
        };
        consumer.run({ autoCommit: false, eachBatch }).catch(reject);
      });
      await consumer.disconnect();
      return seen;
    },
  };
}
