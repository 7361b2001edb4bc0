import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { run } from '@streamify/core';
import { findJava } from '@streamify/kafka-local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BrokerUnavailableError, KafkaAccessError } from '../errors.ts';
import { Play, PlayBySong, plays, registryOfPlays, trimmed } from '../faults/plays.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { kafkaLog } from './kafka-log.ts';
import type { KafkaLogOptions } from './kafka-log-options.ts';

const dir = mkdtempSync(join(tmpdir(), 'streamify-tls-'));
const [keys, trusted, certificate] = ['keys.p12', 'trusted.p12', 'broker.pem'].map((name) =>
  join(dir, name),
) as [string, string, string];
const password = 'of-the-test';

/** The broker talks by TLS to its clients, and to itself. */
const settings = {
  'listener.security.protocol.map': 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT',
  'ssl.keystore.location': keys,
  'ssl.keystore.password': password,
  'ssl.keystore.type': 'PKCS12',
  'ssl.truststore.location': trusted,
  'ssl.truststore.password': password,
  'ssl.truststore.type': 'PKCS12',
};

/** Makes a key, a certificate of its own, and a store that trusts it. */
async function makeCertificate(): Promise<void> {
  const keytool = join(dirname(await findJava()), 'keytool');
  const call = (...args: string[]) =>
    promisify(execFile)(keytool, [...args, '-storepass', password]);
  const named = ['-alias', 'broker', '-storetype', 'PKCS12'];
  const subject = ['-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  await call('-genkeypair', ...named, '-keyalg', 'EC', '-keystore', keys, ...subject);
  await call('-exportcert', '-rfc', ...named, '-keystore', keys, '-file', certificate);
  await call('-importcert', '-noprompt', ...named, '-keystore', trusted, '-file', certificate);
}

afterAll(() => rmSync(dir, { recursive: true }));

describeWithOwnKafka(
  'a cluster that is reached by TLS',
  (kafka) => {
    let ca: string;
    beforeAll(async () => {
      ca = await readFile(certificate, 'utf8');
    });
    const open = async (options: Partial<KafkaLogOptions>) =>
      kafkaLog({ brokers: kafka().brokers, registry: await registryOfPlays(), ...options });

    it('takes all that a job does', async () => {
      const log = await open({ ssl: { ca } });
      for (const topic of ['plays', 'clean']) await log.createTopic(topic, { partitions: 2 });
      await log.topic('plays', Play).publish(plays(100));
      const into = kafkaSink(log.topic('clean', PlayBySong));
      const from = log.topic('plays', Play);
      const { counts } = await run({ name: 'tls', from, through: trimmed, into, atEnd: 'stop' });
      expect(counts).toMatchObject({ in: 100, out: 100 });
      await log.close();
    });

    it('is not trusted without its certificate, which is said at once', async () => {
      const log = await open({ ssl: true });
      const failure = await log.partitions('plays').catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(KafkaAccessError);
      expect(String(failure)).toMatch(/self-signed certificate/);
      await log.close();
    });

    it('is not reached without TLS: it says how long it tried', async () => {
      const log = await open({ patience: 500, connectionTimeout: 200 });
      await expect(log.partitions('plays')).rejects.toThrow(BrokerUnavailableError);
      await log.close();
    });
  },
  { settings, prepare: makeCertificate },
);
