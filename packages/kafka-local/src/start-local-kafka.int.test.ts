import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlreadyRunningError, LocalKafkaError, PortInUseError } from './errors.ts';
import type { LocalKafkaOptions } from './local-kafka-options.ts';
import { freePort } from './ports.ts';
import { missingPrerequisite } from './prerequisites/missing-prerequisite.ts';
import { startedProcess } from './process/process-start.ts';
import { type LocalKafka, startLocalKafka } from './start-local-kafka.ts';

const missing = await missingPrerequisite({ registry: true });
const timeout = 180_000;

let dir: string;
let started: LocalKafka[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-local-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((kafka) => kafka.stop()));
  await rm(dir, { recursive: true, force: true });
}, timeout);

async function start(more: Partial<LocalKafkaOptions> = {}): Promise<LocalKafka> {
  const kafka = await startLocalKafka({ dir, heap: '512m', startTimeout: 120_000, ...more });
  started.push(kafka);
  return kafka;
}

const runs = async (pid: number) => (await startedProcess(pid)) !== undefined;

async function produce({ brokers }: LocalKafka, value: string): Promise<void> {
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: 'plays', numPartitions: 1 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: 'plays', acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

/** The values of the topic, as soon as there are so many. */
async function consume({ brokers }: LocalKafka, count: number): Promise<readonly string[]> {
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: `reader-${process.pid}-${performance.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: 'plays', fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    // It restarts by itself while a broker that has just started loads its groups.
    consumer.on('consumer.crash', ({ payload }) => payload.restart || reject(payload.error));
    consumer
      .run({
        eachMessage: async ({ message }) => {
          values.push(String(message.value));
          if (values.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
}

async function register(url: string, fields: readonly string[]): Promise<unknown> {
  const schema = {
    type: 'record',
    name: 'Play',
    fields: fields.map((name) => ({ name, type: 'int' })),
  };
  const response = await fetch(`${url}/subjects/plays-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

describe.skipIf(missing !== undefined)(
  `a local broker${missing ? ` (needs ${missing})` : ''}`,
  { timeout },
  () => {
    it('keeps what it was sent, stopped cleanly or killed, on the port it had', async () => {
      const kafka = await start();
      const { broker } = kafka.pids;
      await produce(kafka, 'one');
      expect(await consume(kafka, 1)).toEqual(['one']);

      await kafka.kill();
      expect(await runs(broker)).toBe(false);
      await kafka.restart();
      expect(kafka.pids.broker).not.toBe(broker);
      await produce(kafka, 'two');

      await kafka.stop();
      expect(await runs(kafka.pids.broker)).toBe(false);
      await kafka.stop();

      const again = await start();
      expect(await consume(again, 2)).toEqual(['one', 'two']);
    });

    it('keeps schemas and what they are compatible with when the registry is killed', async () => {
      const kafka = await start({ registry: true });
      const url = kafka.registryUrl as string;
      expect(await register(url, ['at'])).toEqual({ status: 200, id: 1 });
      await kafka.kill('SIGKILL', 'registry');
      await expect(fetch(url)).rejects.toThrow();
      await kafka.restart('registry');

      const schema = await fetch(`${url}/schemas/ids/1`);
      expect(await schema.json()).toMatchObject({ schema: expect.stringContaining('"at"') });
      expect(await register(url, ['at', 'listener'])).toMatchObject({ error_code: 409 });
    });

    it('tells who has the port it should listen on, and starts nothing', async () => {
      const server = createServer().listen(await freePort(), '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      try {
        const second = start({ registry: true, registryPort: port });
        await expect(second).rejects.toThrow(PortInUseError);
        await expect(second).rejects.toThrow(
          `port ${port} of 127.0.0.1 is in use by process ${process.pid} (`,
        );
      } finally {
        server.close();
      }
      await expect(readFile(join(dir, 'running.json'))).rejects.toThrow('ENOENT');
    });

    it('that dies at its start shows the end of its log, and takes the registry with it', async () => {
      await mkdir(join(dir, 'data'));
      await writeFile(
        join(dir, 'data', 'meta.properties'),
        'version=1\nnode.id=77\ncluster.id=x\n',
      );
      const failed = start({ registry: true });
      await expect(failed).rejects.toThrow(LocalKafkaError);
      await expect(failed).rejects.toThrow(
        /the broker ended with 1; the end of .*broker\.log:\n.*77/s,
      );
      await expect(readFile(join(dir, 'running.json'))).rejects.toThrow('ENOENT');
      const log = await readFile(join(dir, 'registry.log'), 'utf8').catch(() => '');
      expect(log).not.toBe('');
    });

    it('that a machine cannot give its heap shows what Java says', async () => {
      await expect(start({ heap: '1k' })).rejects.toThrow(/Too small maximum heap/);
    });

    it('that does not come up in time is ended', async () => {
      await expect(start({ startTimeout: 1 })).rejects.toThrow(
        /the broker was not ready within 1 ms; the end of/,
      );
    });

    it('has no registry when nobody asked for one, and its folder for itself', async () => {
      const kafka = await start();
      expect(kafka.registryUrl).toBe(undefined);
      expect(kafka.pids.registry).toBe(undefined);
      await expect(kafka.kill('SIGKILL', 'registry')).rejects.toThrow('no schema registry runs');

      const second = start();
      await expect(second).rejects.toThrow(AlreadyRunningError);
      await expect(second).rejects.toThrow(
        `a broker runs in ${dir} already, as process ${kafka.pids.broker}`,
      );
    });
  },
);
