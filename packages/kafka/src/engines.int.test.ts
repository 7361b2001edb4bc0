import { randomUUID } from 'node:crypto';
import { type EventLog, run } from '@streamify/core';
import { avroEncoder } from '@streamify/core/adapter';
import { askJava, type JavaProgram, missingForJava } from '@streamify/test-kit';
import { filter } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CompressionTypes } from './client/kafkajs.ts';
import { kafkaLog, partsOfKafkaLog } from './log/kafka-log.ts';
import { confluentRegistry } from './registry/confluent-registry.ts';
import { kafkaSink } from './sink/kafka-sink.ts';
import { TransactionalProducer } from './sink/transactional-producer.ts';
import { describeWithKafka } from './testing/describe-with-kafka.ts';
import { byId, Sale, sales } from './testing/sale.ts';

/** Packages of Java that both engines reach into. */
const opened = ['lang', 'lang.invoke', 'io', 'net', 'nio', 'util', 'util.concurrent']
  .map((name) => `java.${name}`)
  .concat('sun.nio.ch', 'sun.util.calendar')
  .map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);

const program = (engine: string): JavaProgram => ({
  source: new URL(`../interop/${engine}/ReadTopics.java`, import.meta.url),
  pom: new URL(`../interop/${engine}/pom.xml`, import.meta.url),
  options: ['-Xmx1g', ...opened],
});

/** The rows of a topic, or why it could not be read. */
interface Answer {
  readonly rows?: readonly unknown[];
  readonly error?: string;
}

const inFlink = (sale: Sale) => ({
  ...sale,
  receipt: Buffer.from(sale.receipt).toString('hex'),
  checksum: Buffer.from(sale.checksum).toString('hex'),
});

/** To Spark a union of several types is a record with a field for each. */
const inSpark = (sale: Sale) => {
  const { voucher } = sale;
  const members = {
    member0: typeof voucher === 'number' ? voucher : null,
    member1: typeof voucher === 'string' ? voucher : null,
  };
  return { ...inFlink(sale), voucher: voucher === null ? null : members };
};

interface Engine {
  readonly name: string;
  readonly java: JavaProgram;
  /** A sale as the engine gives it. */
  readonly inEngine: (sale: Sale) => unknown;
  readonly rowOf: (row: unknown) => unknown;
}

const engines: readonly Engine[] = [
  {
    name: 'Spark',
    java: program('spark'),
    inEngine: inSpark,
    rowOf: (row) => JSON.parse(row as string),
  },
  {
    name: 'Flink',
    java: program('flink'),
    inEngine: inFlink,
    rowOf: (row) => row,
  },
];

const gifts = sales.filter(({ isGift }) => isGift);
const [aborted] = sales.filter(({ isGift }) => !isGift) as [Sale];

for (const { name, java, inEngine, rowOf } of engines) {
  const missing = await missingForJava(java);
  describeWithKafka(`${name}${missing ? ` (needs ${missing})` : ''}`, (kafka) => {
    const published = `published-${randomUUID()}`;
    const result = `result-${randomUUID()}`;
    const readings = {
      published: { topic: published, isolation: 'read_committed' },
      result: { topic: result, isolation: 'read_committed' },
      uncommitted: { topic: result, isolation: 'read_uncommitted' },
    };
    const reading = it.skipIf(missing);
    let log: EventLog;
    let answers: ReadonlyMap<string, Answer>;

    beforeAll(async () => {
      if (missing) return;
      const { brokers, registryUrl } = kafka();
      log = kafkaLog({ brokers, registry: confluentRegistry({ url: registryUrl }) });
      await writeTopics();
      const request = {
        brokers: brokers.join(','),
        registryUrl,
        schema: Sale.schema,
        readings: Object.values(readings),
      };
      const given = await askJava<readonly Answer[]>(java, request);
      answers = new Map(Object.keys(readings).map((each, i) => [each, given[i] as Answer]));
    }, 400_000);
    afterAll(() => log?.close());

    async function writeTopics(): Promise<void> {
      for (const topic of [published, result]) await log.createTopic(topic, { partitions: 3 });
      await log.topic(published, Sale).publish(sales);
      await run({
        name: result,
        from: log.topic(published, Sale),
        through: (sales$) => sales$.pipe(filter(({ value }) => value.isGift)),
        into: kafkaSink(log.topic(result, Sale)),
        atEnd: 'stop',
      });
      await abortOne(log, result);
    }

    const rowsOf = (which: keyof typeof readings) => {
      const { rows, error } = answers.get(which) as Answer;
      expect(error).toBeUndefined();
      return byId((rows ?? []).map(rowOf) as { readonly id: number }[]);
    };

    reading('reads what is published here, each value as it was', () => {
      expect(rowsOf('published')).toEqual(sales.map(inEngine));
    });

    reading('reads what a job here commits, beside its watermarks, and nothing aborted', () => {
      expect(rowsOf('result')).toEqual(gifts.map(inEngine));
      expect(rowsOf('uncommitted')).toEqual(byId([aborted, ...gifts]).map(inEngine));
    });
  });
}

/** Writes a sale in a transaction that is aborted. */
async function abortOne(log: EventLog, topic: string): Promise<void> {
  const id = await log.registry.register(`${topic}-value`, Sale.schema);
  const producer = new TransactionalProducer({
    client: partsOfKafkaLog(log).client,
    transactionalId: `aborting-${topic}`,
    transactionTimeout: 60_000,
    compression: CompressionTypes.None,
    maxBatchBytes: 900_000,
  });
  await producer.fenceOthers();
  const value = Buffer.from(avroEncoder(Sale, id).encode(aborted));
  await producer.send([{ topic, partition: 0, messages: [{ key: aborted.shop, value }] }]);
  await producer.abort();
  await producer.close();
}
