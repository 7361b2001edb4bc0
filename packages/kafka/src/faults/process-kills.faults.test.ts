import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, run } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { bundleWorker, type Worker } from '@streamify/test-kit';
import { afterAll, afterEach, beforeAll, beforeEach, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import { countLine, countsOf } from './counts-of.ts';
import { naiveSink } from './naive-sink.ts';
import { createTopics, Play, plays, registryOfPlays } from './plays.ts';
import {
  Counted,
  expectedWindows,
  rekeyJob,
  songsJob,
  topicsOf,
  windowLine,
  withoutGroup,
} from './windows.ts';
import type { WorkerJob, WorkerMessage } from './worker-job.ts';

const fault = 'worker kill -9, windows over a re-keyed topic';
const KILLS = 12;
const PLAYS_A_LIFE = 300;

describeWithOwnKafka('a process that is killed at any moment of a stateful job', (kafka) => {
  let program: Worker<WorkerJob, WorkerMessage>;
  let log: EventLog;
  let prefix: string;
  beforeAll(async () => {
    program = await bundleWorker(new URL('job.worker.ts', import.meta.url));
  });
  afterAll(() => program?.close());
  beforeEach(async () => {
    prefix = randomUUID();
    log = kafkaLog({ brokers: kafka().brokers, registry: await registryOfPlays(Counted.schema) });
    const { plays: played, bySong, windows } = topicsOf(prefix);
    await createTopics(log, 3, played, bySong, windows);
    await createTopics(log, 1, `${prefix}-naive`);
  });
  afterEach(() => log.close());

  /** Lets processes work on the job, each until it is killed, and then finishes it. */
  const live = async (sink: WorkerJob['sink'], killBehindRows?: number) => {
    const played = log.topic(topicsOf(prefix).plays, Play);
    for (let life = 0; life < KILLS; life++) {
      await played.publish(plays(PLAYS_A_LIFE, life * PLAYS_A_LIFE));
      const brokers = kafka().brokers;
      const worker = program.start({
        ...{ brokers, prefix, work: 'songs', sink, maxRecords: 20 },
        ...(killBehindRows && { killBehindRows }),
      });
      // The first is killed while it opens its tasks, others behind more and more of commits.
      const isReady = () =>
        worker.child.signalCode !== null || worker.messages.length >= (life * 7) % KILLS;
      await vi.waitUntil(isReady, { timeout: 60_000, interval: 1 });
      await delay((life * 37) % 29);
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    const reading = withoutGroup(log);
    await run({ ...rekeyJob(log, prefix, reading), atEnd: 'stop' });
    const songs = songsJob(log, prefix, reading);
    const into =
      sink === 'kafka'
        ? songs.into
        : naiveSink(log.topic(topicsOf(prefix).windows, Counted), `${prefix}-naive`);
    await run({ ...songs, into, atEnd: 'complete' });
    const rows = await committedEvents(kafka().brokers, topicsOf(prefix).windows, Counted);
    const sent = plays(KILLS * PLAYS_A_LIFE);
    return {
      events: sent.length,
      expected: expectedWindows(sent, ({ song }) => song.trim()),
      actual: rows.map(windowLine),
    };
  };

  it('leaves to the next what gives every window right', async ({ task }) => {
    const { events, expected, actual } = await live('kafka');
    const counts = [countLine('in', events), countLine('out', expected.length)];
    expectUnharmed(task, fault, {
      events,
      expected: [...expected, ...counts],
      actual: [...actual, ...(await countsOf(kafka().brokers, `${prefix}-songs`))],
    });
  });

  it('would count windows twice if rows and checkpoint were written one after the other', async ({
    task,
  }) => {
    expectHarmed(task, fault, 'rows and checkpoint apart', await live('naive', 1));
  });
});
