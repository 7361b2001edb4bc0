import { randomUUID } from 'node:crypto';
import { type EventLog, run } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { bundleWorker, type StartedWorker, type Worker } from '@streamify/test-kit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents } from './committed-records.ts';
import { countLine, countsOf } from './counts-of.ts';
import { naiveSink } from './naive-sink.ts';
import { createTopics, Play, plays, registryOfPlays } from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';
import { commitsOf, holdsOf, patient } from './watch-worker.ts';
import { Counted, expectedWindows, listenersJob, topicsOf, windowLine } from './windows.ts';
import type { WorkerJob, WorkerMessage } from './worker-job.ts';

const fault = 'rebalance storm: three workers come and go, some by kill -9';
const PARTITIONS = 6;
/** How one after the other ends. */
const signals = ['SIGTERM', 'SIGKILL', 'SIGTERM', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const;

describeWithOwnKafka(
  'three processes of a job that come and go',
  (kafka) => {
    let program: Worker<WorkerJob, WorkerMessage>;
    let log: EventLog;
    let prefix: string;
    beforeAll(async () => {
      program = await bundleWorker(new URL('job.worker.ts', import.meta.url));
    });
    afterAll(() => program?.close());
    beforeEach(async () => {
      prefix = randomUUID();
      const registry = await registryOfPlays(Counted.schema);
      log = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      await createTopics(log, PARTITIONS, topicsOf(prefix).plays, topicsOf(prefix).windows);
      await createTopics(log, 1, `${prefix}-naive`);
    });
    afterEach(() => log.close());

    /**
     * Three work, and each round one of them ends, and another begins, while plays come in.
     *
     * @param doomed what kills the first by itself, in place of a signal.
     */
    const storm = async (
      sink: WorkerJob['sink'],
      signals: readonly NodeJS.Signals[],
      doomed?: Pick<WorkerJob, 'killBehindRows'>,
    ) => {
      const { brokers } = kafka();
      const work = 'listeners';
      const job = { brokers, prefix, work, sink, maxRecords: 20, group: shortSessions } as const;
      const members = [
        program.start({ ...job, ...doomed }),
        program.start(job),
        program.start(job),
      ];
      const all = [...members];
      const played = log.topic(topicsOf(prefix).plays, Play);
      let [unique, again] = [0, 0];
      let isOver = false;
      const publishing = (async () => {
        for (; !isOver; unique += 20) {
          const some = plays(20, unique);
          const repeated = unique % 60 === 0 ? some.slice(0, 5) : [];
          await played.publish([...some, ...repeated]);
          again += repeated.length;
          // No faster than what is worked on.
          const commits = () => all.reduce((sum, each) => sum + commitsOf(each), 0);
          await vi.waitUntil(() => isOver || unique < 20 * (commits() + 100), patient);
        }
      })();
      publishing.catch(() => {});

      const ended: Promise<unknown>[] = [];
      for (const [round, signal] of signals.entries()) {
        const youngest = members.at(-1) as StartedWorker<WorkerMessage>;
        await vi.waitUntil(() => commitsOf(youngest) > 0, patient);
        const [leaving] = members.splice((round * 2) % 3, 1);
        if (doomed) await leaving?.ended;
        else leaving?.child.kill(signal);
        const end = signal === 'SIGTERM' ? { code: 0 } : { signal };
        ended.push(expect(leaving?.ended).resolves.toMatchObject({ ...end, stderr: '' }));
        const next = program.start(job);
        members.push(next);
        all.push(next);
      }
      await Promise.all(ended);
      const owned = () => members.flatMap(holdsOf).sort().join() === '0,1,2,3,4,5';
      await vi.waitUntil(
        () => owned() && members.every((each) => holdsOf(each).length === 2),
        patient,
      );
      isOver = true;
      await publishing;

      for (const { child } of members) child.kill('SIGTERM');
      for (const member of members)
        expect(await member.ended).toMatchObject({ code: 0, stderr: '' });
      const last = listenersJob(log, prefix);
      const into =
        sink === 'kafka'
          ? last.into
          : naiveSink(log.topic(topicsOf(prefix).windows, Counted), `${prefix}-naive`);
      await run({ ...last, into, atEnd: 'complete' });
      const rows = await committedEvents(brokers, topicsOf(prefix).windows, Counted);
      return {
        again,
        events: unique + again,
        expected: expectedWindows(plays(unique), ({ listener }) => listener),
        actual: rows.map(windowLine),
      };
    };

    it('give every result once, and share the partitions in the end', async ({ task }) => {
      const { again, events, expected, actual } = await storm('kafka', signals);
      const counts = [
        countLine('in', events),
        countLine('duplicates', again),
        countLine('out', expected.length),
      ];
      expectUnharmed(task, fault, {
        events,
        expected: [...expected, ...counts],
        actual: [...actual, ...(await countsOf(kafka().brokers, `${prefix}-listeners`))],
      });
    });

    it('repeat results when rows and checkpoint are written one after the other', async ({
      task,
    }) => {
      expectHarmed(
        task,
        fault,
        'rows and checkpoint apart',
        await storm('naive', ['SIGKILL'], { killBehindRows: 1 }),
      );
    });
  },
  allowingShortSessions,
);
