import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type EventLog, memorySink, run } from '@streamify/core';
import { avroEncoder, type LogRecord, partitionOf } from '@streamify/core/adapter';
import { findPython, pythonVenv } from '@streamify/test-kit';
import { filter, map } from 'rxjs';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CompressionTypes } from './client/kafkajs.ts';
import { kafkaLog, partsOfKafkaLog } from './log/kafka-log.ts';
import { confluentRegistry } from './registry/confluent-registry.ts';
import { kafkaSink } from './sink/kafka-sink.ts';
import { TransactionalProducer } from './sink/transactional-producer.ts';
import { describeWithKafka } from './testing/describe-with-kafka.ts';
import {
  type PythonConsume,
  type PythonProduce,
  type PythonRecord,
  pythonExchange,
} from './testing/python-exchange.ts';
import { byId, Sale, sales } from './testing/sale.ts';

const hex = (bytes: Uint8Array) => ({ bytes: Buffer.from(bytes).toString('hex') });
const inPython = (sale: Sale) => ({
  ...sale,
  at: { timestamp: sale.at },
  expires: sale.expires === null ? null : { timestamp: sale.expires },
  price: { decimal: sale.price },
  receipt: hex(sale.receipt),
  checksum: hex(sale.checksum),
});
/** Bytes as an array of numbers, whichever class they come in. */
const comparable = (sale: Sale) => ({
  ...sale,
  receipt: [...sale.receipt],
  checksum: [...sale.checksum],
});

/** A record as Python read it. */
interface Read extends PythonRecord {
  readonly partition: number;
  readonly value: { readonly id: number } | null;
}

type Row = Read & { readonly value: { readonly id: number } };

const python = await findPython();
const requirements = fileURLToPath(new URL('../interop/requirements.txt', import.meta.url));
const partitions = 5;

describeWithKafka(
  `confluent-kafka of Python${python ? '' : ' (needs Python 3.10 or newer, with venv)'}`,
  (kafka) => {
    let interpreter: string;
    let log: EventLog;
    let topic: string;

    beforeAll(async () => {
      if (python) interpreter = await pythonVenv(python, requirements);
    }, 300_000);

    beforeEach(async () => {
      const { brokers, registryUrl } = kafka();
      topic = `interop-${randomUUID()}`;
      log = kafkaLog({ brokers, registry: confluentRegistry({ url: registryUrl }) });
      await log.createTopic(topic, { partitions });
    });
    afterEach(() => log?.close());

    const exchange = <T>(request: PythonProduce | PythonConsume, at = topic) =>
      pythonExchange<T>(interpreter, { ...kafka(), topic: at }, request);
    const produce = (
      records: readonly PythonRecord[],
      options: Partial<PythonProduce> = {},
    ): Promise<{ readonly partitions: readonly number[] }> =>
      exchange({ do: 'produce', schema: Sale.schema, records, ...options });
    const consume = async (
      isolation: PythonConsume['isolation'] = 'read_committed',
      at = topic,
    ) => {
      const request = { do: 'consume', isolation } as const;
      return (await exchange<{ readonly records: readonly Read[] }>(request, at)).records;
    };
    const rowsOf = (records: readonly Read[]) =>
      records.filter((read): read is Row => read.value !== null);
    const record = (sale: Sale): PythonRecord => ({ key: sale.shop, value: inPython(sale) });

    /** What a job lands of the topic. */
    const land = async (): Promise<readonly Sale[]> => {
      const into = memorySink<Sale>();
      const { counts } = await run({
        name: `landing-${topic}`,
        from: log.topic(topic, Sale),
        through: (sales$) => sales$.pipe(map(({ value }) => value)),
        into,
        atEnd: 'stop',
      });
      expect(into.dead).toEqual([]);
      expect(counts).toEqual({ in: into.rows.length, out: into.rows.length });
      return byId(into.rows);
    };
    const readAll = async (partition: number): Promise<readonly LogRecord[]> => {
      const reader = await log.reader(topic, partition);
      const { start, end } = await reader.bounds();
      const records: LogRecord[] = [];
      for (let from = start; from < end; ) {
        const limits = { maxRecords: 1_000, maxBytes: 10_000_000, maxWait: 1_000 };
        const slice = await reader.poll({ from, ...limits });
        records.push(...slice.records);
        from = slice.next;
      }
      await reader.close();
      return records;
    };

    const exchanging = it.skipIf(!python);

    exchanging('writes events that a job here lands, each value as it was', async () => {
      await produce(sales.map(record));
      expect((await land()).map(comparable)).toEqual(sales.map(comparable));
    });

    exchanging(
      'puts each key into the partition where it is here, and its headers are read',
      async () => {
        const headers = [
          ['source', 'caisse n° 1'],
          ['again', 'a'],
          ['again', 'b'],
          ['trace', { bytes: '00ff80' }],
        ] as const;
        const chosen = await produce(sales.map((sale) => ({ ...record(sale), headers })));
        expect(chosen.partitions).toEqual(sales.map(({ shop }) => partitionOf(shop, partitions)));
        expect(new Set(chosen.partitions).size).toBe(partitions);
        for (let partition = 0; partition < partitions; partition++)
          for (const { key, headers: read } of await readAll(partition)) {
            expect(partitionOf(key, partitions)).toBe(partition);
            expect(read).toEqual({
              source: 'caisse n° 1',
              again: ['a', 'b'],
              trace: Buffer.from([0, 0xff, 0x80]),
            });
          }
      },
    );

    exchanging(
      'reads what is published here: keys, headers, partitions, and each value as it was',
      async () => {
        const id = await log.registry.register(`${topic}-value`, Sale.schema);
        const { encode } = avroEncoder(Sale, id);
        const trace = Buffer.from([0, 0xff, 0x80]);
        const headers = { source: 'caisse n° 1', empty: '', again: ['a', 'b'], trace };
        await log.publish(
          topic,
          sales.map((sale) => ({ key: sale.shop, value: encode(sale), headers })),
        );
        const read = await consume();
        expect(byId(rowsOf(read).map(({ value }) => value))).toEqual(sales.map(inPython));
        for (const { key, partition, headers: pairs } of read) {
          expect(partition).toBe(partitionOf(key, partitions));
          expect(pairs).toEqual([
            ['source', 'caisse n° 1'],
            ['empty', ''],
            ['again', 'a'],
            ['again', 'b'],
            ['trace', { bytes: '00ff80' }],
          ]);
        }
      },
    );

    exchanging(
      'finds the schema that was registered here, and adds a version that is read here',
      async () => {
        const [first, second] = sales as [Sale, Sale];
        await log.topic(topic, Sale).publish([first]);
        await produce([record(second)]);
        const fields = [...Sale.schema.fields, { name: 'till', type: 'int', default: 1 }];
        const till = { ...Sale.schema, fields };
        const third = { ...second, id: 2 };
        const value = { ...inPython(third), till: 4 };
        await produce([{ key: third.shop, value }], { schema: till });
        expect((await land()).map(comparable)).toEqual([first, second, third].map(comparable));
        const { registryUrl } = kafka();
        const versions = await fetch(`${registryUrl}/subjects/${topic}-value/versions`);
        expect(await versions.json()).toEqual([1, 2]);
      },
    );

    exchanging.each(['record', 'topic-record'] as const)(
      'names subjects by %s as they are named here',
      async (subject) => {
        const namespace = `t${topic.replaceAll('-', '')}`;
        const [sale] = sales as [Sale];
        const schema = { ...Sale.schema, namespace };
        await produce([record(sale)], { schema, subject });
        const name = `${namespace}.Sale`;
        const expected = subject === 'record' ? name : `${topic}-${name}`;
        const { registryUrl } = kafka();
        const versions = async () =>
          (await fetch(`${registryUrl}/subjects/${expected}/versions`)).json();
        expect(await versions()).toEqual([1]);
        await confluentRegistry({ url: registryUrl, subject }).register(`${topic}-value`, schema);
        expect(await versions()).toEqual([1]);
      },
    );

    exchanging('aborts events that no job here sees', async () => {
      const [kept, dropped] = sales as [Sale, Sale];
      const id = `interop-${topic}`;
      await produce([record(dropped)], { transaction: { id, commit: false } });
      await produce([record(kept)], { transaction: { id, commit: true } });
      expect((await land()).map(comparable)).toEqual([kept].map(comparable));
      expect(byId(rowsOf(await consume('read_uncommitted')).map(({ value }) => value))).toEqual(
        [kept, dropped].map(inPython),
      );
    });

    exchanging(
      'reads what a job here commits to a topic, and nothing of what is aborted',
      async () => {
        await log.topic(topic, Sale).publish(sales);
        const output = `${topic}-gifts`;
        await log.createTopic(output, { partitions });
        const job = `gifts-${topic}`;
        const gifts = sales.filter(({ isGift }) => isGift);
        await run({
          name: job,
          from: log.topic(topic, Sale),
          through: (sales$) => sales$.pipe(filter(({ value }) => value.isGift)),
          into: kafkaSink(log.topic(output, Sale)),
          atEnd: 'stop',
        });

        const [aborted] = sales.filter(({ isGift }) => !isGift) as [Sale];
        const id = await log.registry.register(`${output}-value`, Sale.schema);
        const { client } = partsOfKafkaLog(log);
        const producer = new TransactionalProducer({
          client,
          transactionalId: `aborting-${output}`,
          transactionTimeout: 60_000,
          compression: CompressionTypes.None,
          maxBatchBytes: 900_000,
        });
        await producer.fenceOthers();
        const value = Buffer.from(avroEncoder(Sale, id).encode(aborted));
        const messages = [{ key: aborted.shop, value }];
        await producer.send([{ topic: output, partition: 0, messages }]);
        await producer.abort();
        await producer.close();

        const committed = rowsOf(await consume('read_committed', output));
        expect(byId(committed.map((read) => read.value))).toEqual(gifts.map(inPython));
        for (const { key, partition } of committed)
          expect(partition).toBe(partitionOf(key, partitions));
        const all = rowsOf(await consume('read_uncommitted', output));
        expect(byId(all.map((read) => read.value))).toEqual(
          byId([aborted, ...gifts].map(inPython)),
        );
      },
    );

    it.each([true, false])(
      'reads every record of a topic that a job wrote, with watermarks: %s',
      async (watermarks) => {
        await log.topic(topic, Sale).publish(sales);
        const output = `${topic}-copy`;
        await log.createTopic(output, { partitions });
        await run({
          name: `copy-${topic}`,
          from: log.topic(topic, Sale),
          through: (sales$) => sales$,
          into: kafkaSink(log.topic(output, Sale), { watermarks }),
          atEnd: 'stop',
        });
        const read = await consume('read_committed', output);
        expect(byId(rowsOf(read).map(({ value }) => value))).toEqual(sales.map(inPython));
        // Python's deserializer gives None for a record without a value, and takes no empty one.
        const others = read.filter(({ value }) => value === null);
        if (watermarks) expect(others.length).toBeGreaterThanOrEqual(partitions);
        else expect(others).toEqual([]);
      },
    );
  },
);
