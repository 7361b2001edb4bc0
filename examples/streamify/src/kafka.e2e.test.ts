import { copyFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileLog } from '@streamify/core';
import { type LocalKafka, missingPrerequisite, startLocalKafka } from '@streamify/kafka-local';
import { simulateBatches } from '@streamify/simulator';
import { openWarehouse } from '@streamify/sink-duckdb';
import type { Running } from '@streamify/test-kit';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaPlace } from './kafka/kafka-place.ts';
import { openKafkaRun } from './kafka/kafka-run.ts';
import { partitions, topicNames } from './log-topics.ts';
import { shareAll } from './testing/held-partitions.ts';
import { comparedWithTopics } from './testing/landed-once.ts';
import { missing, runMain, startCommand, startProgram } from './testing/run-main.ts';
import { tableChecksums } from './testing/table-checksums.ts';

const lacking = [missing, (await missingPrerequisite({ registry: true })) ?? '']
  .filter((each) => each !== '')
  .join(' and ');
const small = ['--users', '60', '--days', '6', '--seed', '5'];
/** In which stage a run is killed, and how many milliseconds after its start. */
const killedIn = [
  ['simulate', 300],
  ['simulate', 900],
  ['land', 500],
  ['land', 2_500],
] as const;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-kafka-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const checksumsIn = async (data: string) => ({
  raw: await tableChecksums(join(data, 'raw.duckdb')),
  warehouse: await tableChecksums(join(data, 'warehouse.duckdb')),
});
const runIn = (data: string) =>
  (JSON.parse(readFileSync(join(data, 'plan.json'), 'utf8')) as { run: string }).run;

describe.skipIf(lacking !== '')(`on Kafka${lacking && ` (needs ${lacking})`}`, () => {
  let local: LocalKafka;
  let place: KafkaPlace;
  let env: Readonly<Record<string, string>>;
  const started: Running[] = [];
  const start = (...args: string[]): Running =>
    keep(startCommand('main', ['--kafka', ...args], env));
  const worker = (...args: string[]): Running => keep(startCommand('worker', args, env));
  const keep = (running: Running): Running => {
    started.push(running);
    return running;
  };

  beforeAll(async () => {
    const broker = join(dir, 'broker');
    local = await startLocalKafka({
      dir: broker,
      registry: true,
      heap: '512m',
      startTimeout: 120_000,
    });
    place = { brokers: local.brokers, registryUrl: local.registryUrl ?? '' };
    env = {
      STREAMIFY_KAFKA_BROKERS: place.brokers.join(),
      STREAMIFY_SCHEMA_REGISTRY_URL: place.registryUrl,
    };
  });
  afterAll(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await local?.stop();
  });

  describe('a run to its end', () => {
    let embedded: Awaited<ReturnType<typeof checksumsIn>>;
    beforeAll(async () => {
      const [files, kafka] = [join(dir, 'files'), join(dir, 'kafka')];
      const [ended] = await Promise.all([
        start(...small, '--data-dir', kafka).ended,
        runMain(...small, '--data-dir', files),
      ]);
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
      embedded = await checksumsIn(files);
    });

    it('ends with the same tables as with a log in files', async () => {
      expect(embedded.raw['main.listen_events']?.rows).toBeGreaterThan(100);
      expect(await checksumsIn(join(dir, 'kafka'))).toEqual(embedded);
    });

    it.each([
      ['in Kafka', ['--kafka']],
      ['in files', []],
    ])('ends with the same tables where events are JSON, %s', async (where, how) => {
      const data = join(dir, `json ${where}`);
      const args = [...small, ...how, '--format', 'json', '--data-dir', data];
      const { code, stderr } = await startCommand('main', args, env).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await checksumsIn(data)).toEqual(embedded);
      const log =
        how.length > 0
          ? openKafkaRun(place, runIn(data)).log
          : await fileLog({ dir: join(data, 'log'), mode: 'read' });
      const reader = await log.reader('listen_events', 0);
      const { records } = await reader.poll({
        from: 0,
        maxRecords: 1,
        maxBytes: 1,
        maxWait: 5_000,
      });
      expect(JSON.parse(String(records[0]?.value))).toHaveProperty('eventId');
      await log.close();
      const other = await runMain(...how, '--format', 'avro', '--data-dir', data);
      expect(other.stderr).toContain('--format json --users 60 --days 6 --seed 5');
    });

    it('gives the same tables however often it is killed on the way', async () => {
      const args = [...small, '--data-dir', join(dir, 'killed')];
      for (const [stage, milliseconds] of killedIn) {
        const { child, ended, until } = start(...args);
        await until((stdout) => stdout.includes(stage));
        await delay(milliseconds);
        expect(child.kill('SIGKILL')).toBe(true);
        await ended;
      }
      const { code, stderr } = await start(...args).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await checksumsIn(join(dir, 'killed'))).toEqual(embedded);
    });

    it('refuses to go on with its log elsewhere, and starts over under another name', async () => {
      const data = join(dir, 'killed');
      const refused = await runMain('--data-dir', data);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('holds a run of --kafka --users 60 --days 6 --seed 5');

      const before = runIn(data);
      const { child, ended, until } = start(...small, '--fresh', '--data-dir', data);
      await until((stdout) => stdout.includes('simulate'));
      child.kill('SIGKILL');
      await ended;
      expect(runIn(data)).not.toBe(before);
      const topics = await asked((admin) => admin.listTopics());
      expect(topics.filter((topic) => topic.startsWith(before))).toEqual([]);
    });
  });

  describe('a live run', () => {
    it('shares its partitions with workers, outlives one of them, and lands each event once', async () => {
      const data = join(dir, 'live');
      const main = start('--continuous', '--users', '1000', '--speed', '300', '--data-dir', data);
      await main.until((stdout) => stdout.includes('partitions held'));
      const doomed = worker('--data-dir', data);
      const other = worker('--run', runIn(data));
      await sharedBy(main, doomed, other);

      doomed.child.kill('SIGKILL');
      await doomed.ended;
      await sharedBy(main, other);

      const counted = /clean listen_events: in .* dead [12];/;
      await publishPoison(`${runIn(data)}.listen_events`, 2);
      await main.until(() => [main, other].some(({ stdout }) => counted.test(stdout)));
      await publishPoison(`${runIn(data)}.page_view_events.clean`, 1);

      main.child.kill('SIGINT');
      const { code, stdout, stderr } = await main.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('What has landed');
      expect(stdout).toContain(
        'dead letters: clean listen_events 2, count plays_per_song 2, land page_view_events 1\n',
      );
      other.child.kill('SIGINT');
      expect((await other.ended).code).toBe(0);

      const raw = join(data, 'raw.duckdb');
      const difference = await comparedWithTopics(place, runIn(data), raw);
      expect(difference).toEqual({ events: expect.any(Number), lost: 0, doubled: 0, foreign: 0 });
      expect(difference.events).toBeGreaterThan(1_000);
    });

    it('control: the comparison sees an event that is lost, one that landed twice and one that nobody sent', async () => {
      const copy = join(dir, 'spoilt.duckdb');
      copyFileSync(join(dir, 'live', 'raw.duckdb'), copy);
      const warehouse = await openWarehouse({ path: copy });
      await warehouse.query(
        'delete from listen_events where event_id = (select min(event_id) from listen_events)',
      );
      await warehouse.query('insert into listen_events from listen_events limit 1');
      await warehouse.query(
        "insert into page_view_events select * replace ('nobody' as event_id) from page_view_events limit 1",
      );
      await warehouse.close();
      expect(await comparedWithTopics(place, runIn(join(dir, 'live')), copy)).toMatchObject({
        lost: 1,
        doubled: 1,
        foreign: 1,
      });
    });

    it('takes no worker once it has ended, nor where there is none', async () => {
      const ended = await worker('--data-dir', join(dir, 'live')).ended;
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('has ended: let it go on with npm start');
      const none = await worker('--data-dir', join(dir, 'nowhere')).ended;
      expect(none.code).toBe(1);
      expect(none.stderr).toMatch(/^error: there is no live run in .*: start one with npm start/);
      const unknown = await worker('--run', 'streamify-00000000').ended;
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toContain('there is no run streamify-00000000 at 127.0.0.1:');
    });
  });

  it('takes what streamify-simulate writes', async () => {
    const command = resolve(import.meta.dirname, '../../../packages/simulator/dist/main.js');
    const args = ['-n', '30', '--days', '5', '-s', '2026-03-02', '-r', '7', '--json'];
    const to = ['--kafka', place.brokers.join(), '--schema-registry', place.registryUrl];
    const { code, stdout } = await keep(startProgram(command, [...args, ...to])).ended;
    expect(code).toBe(0);
    const options = { users: 30, days: 5, start: '2026-03-02', seed: 7 };
    const batches = [...simulateBatches(options)];
    const simulated = topicNames.map((topic) =>
      batches.reduce((sum, { events }) => sum + events[topic].length, 0),
    );
    const { records } = JSON.parse(stdout) as { readonly records: Record<string, number> };
    expect(topicNames.map((topic) => records[topic])).toEqual(simulated);
    const held = await asked((admin) =>
      Promise.all(topicNames.map((topic) => admin.fetchTopicOffsets(topic))),
    );
    const ends = held.map((each) => each.reduce((sum, { high }) => sum + Number(high), 0));
    expect(ends).toEqual(simulated);
  });

  /** Publishes what nobody can decode, all of it with one key. */
  async function publishPoison(topic: string, count: number): Promise<void> {
    const { Kafka, logLevel } = kafkajs;
    const client = new Kafka({ brokers: local.brokers, logLevel: logLevel.NOTHING });
    const producer = client.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = Array.from({ length: count }, () => ({ key: 'poison', value: 'no Avro' }));
    await producer.send({ topic, messages });
    await producer.disconnect();
  }

  /** What the broker answers. */
  async function asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const { Kafka, logLevel } = kafkajs;
    const admin = new Kafka({ brokers: local.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** Resolves when these processes hold every partition of every job, each once. */
  async function sharedBy(...processes: readonly Running[]): Promise<void> {
    const isShared = () =>
      shareAll(
        processes.map(({ stdout }) => stdout),
        partitions,
      );
    await Promise.race(processes.map((each) => each.until(isShared)));
  }
});
