import { randomUUID } from 'node:crypto';
import { type EventLog, run, startJob } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { type KafkaProxy, kafkaProxy, type Passage } from '../testing/kafka-proxy.ts';
import { committedEvents } from './committed-records.ts';
import { countLine, countsOf } from './counts-of.ts';
import { endsOf } from './ends-of.ts';
import { naiveCopy } from './naive-copy.ts';
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

const fault = 'broker kill -9, in the middle of a transaction';
/** Requests of Kafka's protocol. */
const PRODUCE = 0;
const END_TXN = 26;

/** Where the broker dies: at which request, and whether it got that. */
const moments = [
  { at: 'with the rows', apiKey: PRODUCE, passage: 'pass' },
  { at: 'before the commit', apiKey: END_TXN, passage: 'cut' },
  { at: 'with the commit', apiKey: END_TXN, passage: 'pass' },
  { at: 'behind the commit', apiKey: END_TXN, passage: 'cut reply' },
] as const;

describeWithOwnKafka(
  'a broker that is killed in the middle of a transaction',
  (kafka) => {
    let proxy: KafkaProxy;
    let log: EventLog;
    /** The same topics, by another way than the proxy. */
    let beside: EventLog;
    let from: string;
    let to: string;
    beforeEach(async () => {
      proxy = await kafkaProxy(kafka().brokers[0] as string);
      const registry = await registryOfPlays();
      log = kafkaLog({ brokers: [proxy.broker], registry, group: shortSessions });
      beside = kafkaLog({ brokers: kafka().brokers, registry });
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, 1, from, to);
    });
    afterEach(async () => {
      await log.close();
      await beside.close();
      await proxy.close();
    });

    /** Kills the broker at the next request of this kind; resolves when that has happened. */
    const killAt = async (apiKey: number, passage: Passage) => {
      let killed = false;
      let met = false;
      const kill = () => {
        process.kill(kafka().pids.broker, 'SIGKILL');
        killed = true;
      };
      proxy.onRequest(({ apiKey: passing }) => {
        if (met || passing !== apiKey) return 'pass';
        met = true;
        if (passage === 'cut') kill();
        // The request is on its way by then.
        if (passage === 'pass') setImmediate(kill);
        return passage;
      });
      proxy.onReply((passing) => {
        if (met && !killed && passage === 'cut reply' && passing === apiKey) kill();
      });
      await vi.waitUntil(() => killed, patient);
    };

    it('shows all of it or nothing, and in the end each row once', async ({ task }) => {
      let commits = 0;
      const job = {
        name: `clean-${from}`,
        from: log.topic(from, Play),
        through: trimmed,
        into: kafkaSink(log.topic(to, PlayBySong)),
        epoch: { maxRecords: 25 },
        onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 500 } },
        onCommit: () => commits++,
      } as const;
      let events = 0;
      const publish = async () => {
        await beside.topic(from, Play).publish(plays(200, events));
        events += 200;
      };
      const running = startJob(job);
      running.done.catch(() => {});
      const atWork = async () => {
        const now = commits;
        await publish();
        await vi.waitUntil(() => commits > now + 1, patient);
      };
      try {
        for (const { apiKey, passage } of moments) {
          await atWork();
          const restarted = killAt(apiKey, passage).then(() => kafka().restart());
          await Promise.all([publish(), restarted]);
        }
        await atWork();
      } finally {
        running.stop();
        await running.done;
      }
      await run({ ...job, atEnd: 'stop' });

      const expected = plays(events).map((play) => playLine({ ...play, song: play.song.trim() }));
      const rows = await committedEvents(kafka().brokers, to, Play);
      const counts = [countLine('in', events), countLine('out', events)];
      expectUnharmed(task, fault, {
        events,
        expected: [...expected, ...counts],
        actual: [...rows.map(playLine), ...(await countsOf(kafka().brokers, job.name))],
      });
      expect(rows.map(({ id }) => id)).toEqual(plays(events).map(({ id }) => id));
    });

    it('repeats rows of a producer without transactions that tries again', async ({ task }) => {
      const sent = plays(2_000);
      await beside.topic(from, Play).publish(sent);
      const killing = killAt(PRODUCE, 'cut reply').then(() => kafka().restart());
      const ends = await endsOf(beside, from);
      await naiveCopy({ brokers: [proxy.broker], from, to, group: from, ends });
      await killing;
      const rows = await committedEvents(kafka().brokers, to, Play);
      const control = 'no transactions';
      const expected = sent.map(playLine);
      expectHarmed(task, fault, control, {
        events: sent.length,
        expected,
        actual: rows.map(playLine),
      });
    });
  },
  allowingShortSessions,
);
