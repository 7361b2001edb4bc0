import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, run, startJob } from '@streamify/core';
import type { AssignmentListener } from '@streamify/core/adapter';
import { expectHarmed, expectUnharmed, faultySink } from '@streamify/core/testing';
import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import {
  createTopics,
  Play,
  PlayBySong,
  playLine,
  plays,
  registryOfPlays,
  trimmed,
} from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';
import { patient } from './watch-worker.ts';

const SESSION = 2_000;
const PLAYS = 600;

describeWithOwnKafka(
  'a member of a group',
  (kafka) => {
    let admin: Admin;
    let logs: EventLog[];
    let log: EventLog;
    let from: string;
    let to: string;
    const anotherLog = async () => {
      const registry = await registryOfPlays();
      const another = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      logs.push(another);
      return another;
    };
    beforeAll(async () => {
      admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
    });
    afterAll(() => admin?.disconnect());
    beforeEach(async () => {
      logs = [];
      log = await anotherLog();
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, 2, from, to);
    });
    afterEach(async () => {
      for (const each of logs) await each.close();
    });

    const job = () => ({
      name: `clean-${from}`,
      from: log.topic(from, Play),
      through: trimmed,
      into: kafkaSink(log.topic(to, PlayBySong)),
    });
    const publish = (first: number) => log.topic(from, Play).publish(plays(PLAYS, first));
    const landed = async () => (await committedEvents(kafka().brokers, to, Play)).map(playLine);
    const right = (count: number) =>
      plays(count).map((play) => playLine({ ...play, song: play.song.trim() }));
    const group = async (groupId: string) => {
      const { groups } = await admin.describeGroups([groupId]);
      const { state, members } = groups[0] as (typeof groups)[number];
      return { state, members: members.map(({ memberId }) => memberId) };
    };

    it('stays one while its tasks take longer to open than its session is', async ({ task }) => {
      await publish(0);
      const { name } = job();
      let opened = 0;
      let commits = 0;
      const seen = new Set<string>();
      const running = startJob({
        ...job(),
        into: faultySink(job().into, async (moment) => {
          if (moment !== 'before open') return;
          await delay(2 * SESSION);
          opened++;
        }),
        onCommit: () => commits++,
      });
      running.done.catch(() => {});
      await vi.waitUntil(
        async () => {
          for (const member of (await group(name)).members) seen.add(member);
          return commits >= 2;
        },
        { ...patient, interval: 100 },
      );
      running.stop();
      await running.done;
      expectUnharmed(task, 'restoring takes longer than a session', {
        events: PLAYS,
        expected: right(PLAYS),
        actual: await landed(),
      });
      // Nobody was thrown out, so nobody opened anything twice.
      expect([opened, seen.size]).toEqual([2, 1]);
    });

    it('would be thrown out as a consumer that is busy for so long', async ({ task }) => {
      await publish(0);
      const ours = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING });
      const heartbeatInterval = 300;
      const consumer = ours.consumer({ groupId: from, sessionTimeout: SESSION, heartbeatInterval });
      const got: Buffer[] = [];
      const ends = PLAYS;
      await consumer.connect();
      await consumer.subscribe({ topics: [from], fromBeginning: true });
      let busy = 0;
      await consumer.run({
        eachBatch: async ({ batch: { messages } }) => {
          for (const { value } of messages) if (value) got.push(value);
          if (++busy <= 2) await delay(2 * SESSION);
        },
      });
      await vi.waitUntil(() => got.length > ends, patient);
      await consumer.disconnect();
      expectHarmed(task, 'restoring takes longer than a session', 'plain consumer', {
        events: PLAYS,
        expected: plays(PLAYS).map(({ id }) => String(id)),
        actual: got.map((_, id) => String(id)),
      });
    });

    it('comes back when the coordinator was away for long', async ({ task }) => {
      let commits = 0;
      const running = startJob({
        ...job(),
        onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 500 } },
        onCommit: () => commits++,
      });
      running.done.catch(() => {});
      await publish(0);
      await vi.waitUntil(() => commits > 1, patient);
      const [before] = (await group(job().name)).members;
      await kafka().kill('SIGKILL');
      await delay(2 * SESSION);
      await kafka().restart();

      await publish(PLAYS);
      const isBack = async () => {
        // The connection is made anew where it has gone.
        const { state, members } = await group(job().name).catch(() => ({
          state: '',
          members: [],
        }));
        return state === 'Stable' && members.length === 1 && members[0] !== before;
      };
      await vi.waitUntil(isBack, { ...patient, interval: 200 });
      running.stop();
      await running.done;
      await run({ ...job(), atEnd: 'stop' });
      expectUnharmed(task, 'group coordinator away', {
        events: 2 * PLAYS,
        expected: right(2 * PLAYS),
        actual: await landed(),
      });
    });

    it('would never come back as a consumer that does not start again', async ({ task }) => {
      const ours = new Kafka({
        brokers: kafka().brokers,
        logLevel: logLevel.NOTHING,
        retry: { retries: 1 },
      });
      const retry = { restartOnFailure: async () => false };
      const consumer = ours.consumer({ groupId: from, maxWaitTimeInMs: 100, retry });
      const got: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topics: [from], fromBeginning: true });
      let hasCrashed = false;
      consumer.on(consumer.events.CRASH, () => {
        hasCrashed = true;
      });
      await consumer.run({
        eachMessage: async ({ message }) => {
          got.push(String(message.timestamp));
        },
      });
      await publish(0);
      await vi.waitUntil(() => got.length === PLAYS, patient);
      await kafka().kill('SIGKILL');
      await vi.waitUntil(() => hasCrashed, patient);
      await kafka().restart();
      await publish(PLAYS);
      await consumer.disconnect();
      expectHarmed(task, 'group coordinator away', 'consumer that crashed', {
        events: 2 * PLAYS,
        expected: plays(2 * PLAYS).map(({ id }) => String(id)),
        actual: got.map((_, id) => String(id)),
      });
    });

    it('notes nothing for partitions that have gone to another', async () => {
      const listener: AssignmentListener = { assigned: () => {}, revoked: async () => {} };
      const shares = [new Set<number>(), new Set<number>()] as const;
      const join = (to: EventLog, share: Set<number>) =>
        to.assign(from, [from], {
          ...listener,
          assigned: (partition) => void share.add(partition),
          revoked: async (partition) => void share.delete(partition),
        });
      const first = await join(log, shares[0]);
      await vi.waitUntil(() => shares[0].size === 2, patient);
      const second = await join(await anotherLog(), shares[1]);
      await vi.waitUntil(() => shares[0].size === 1 && shares[1].size === 1, patient);
      const [kept] = shares[0];
      const [lost] = shares[1];
      for (const partition of [0, 1]) {
        first.committed?.(from, partition, 3);
        second.committed?.(from, partition, 5);
      }
      await first.close();
      await second.close();
      const [offsets] = await admin.fetchOffsets({ groupId: from, topics: [from] });
      const noted = new Map(
        offsets?.partitions.map(({ partition, offset }) => [partition, offset]),
      );
      expect(noted.get(lost as number)).toBe('5');
      expect(['3', '5']).toContain(noted.get(kept as number));
    });
  },
  allowingShortSessions,
);
