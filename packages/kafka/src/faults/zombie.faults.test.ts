import { randomUUID } from 'node:crypto';
import { type EventLog, run } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import {
  bundleWorker,
  isStopped,
  type StartedWorker,
  type Worker,
  whyUnseen,
} from '@streamify/test-kit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { kafkaProxy } from '../testing/kafka-proxy.ts';
import { committedEvents } from './committed-records.ts';
import { countLine, countsOf } from './counts-of.ts';
import { naiveSink } from './naive-sink.ts';
import { createTopics, Play, plays, registryOfPlays } from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';
import { commitsOf, holdsOf, patient } from './watch-worker.ts';
import { Counted, expectedWindows, listenersJob, topicsOf, windowLine } from './windows.ts';
import type { WorkerJob, WorkerMessage } from './worker-job.ts';

const fault = 'zombie: SIGSTOP past the session, takeover, SIGCONT';
const PARTITIONS = 3;
const HALF = 1_500;
/** The request that writes records, in Kafka's protocol. */
const PRODUCE = 0;

const unseen = whyUnseen();

type Process = StartedWorker<WorkerMessage>;
describeWithOwnKafka(
  'a process that is stopped for longer than its session',
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

    const publish = (first: number) =>
      log.topic(topicsOf(prefix).plays, Play).publish(plays(HALF, first));

    /** One is stopped, another takes over, the first goes on; then both work. */
    const overtaken = async (
      sink: WorkerJob['sink'],
      start: (job: WorkerJob) => Promise<Process>,
    ) => {
      const { brokers } = kafka();
      const work = 'listeners';
      const job = { brokers, prefix, work, sink, maxRecords: 20, group: shortSessions } as const;
      await publish(0);
      const zombie = await start(job);
      await vi.waitUntil(() => isStopped(zombie.child), patient);

      const other = program.start(job);
      await vi.waitUntil(
        () => holdsOf(other).length === PARTITIONS && commitsOf(other) > 0,
        patient,
      );
      zombie.child.kill('SIGCONT');
      await vi.waitUntil(() => holdsOf(other).length < PARTITIONS, patient);
      const shared = () =>
        [...holdsOf(zombie), ...holdsOf(other)].sort().join() === '0,1,2' &&
        holdsOf(zombie).length > 0;
      await vi.waitUntil(shared, patient);

      const then = commitsOf(zombie);
      await publish(HALF);
      await vi.waitUntil(() => commitsOf(zombie) > then, patient);
      for (const { child, ended } of [zombie, other]) {
        child.kill('SIGTERM');
        expect(await ended).toMatchObject({ code: 0, stderr: '' });
      }
      const last = listenersJob(log, prefix);
      const into =
        sink === 'kafka'
          ? last.into
          : naiveSink(log.topic(topicsOf(prefix).windows, Counted), `${prefix}-naive`);
      await run({ ...last, into, atEnd: 'complete' });
      const rows = await committedEvents(brokers, topicsOf(prefix).windows, Counted);
      const sent = plays(2 * HALF);
      return {
        zombie,
        events: sent.length,
        expected: expectedWindows(sent, ({ listener }) => listener),
        actual: rows.map(windowLine),
      };
    };

    const stopsBeforeCommit = async (job: WorkerJob) => program.start({ ...job, stopBefore: 2 });
    const stopsInTransaction = async (job: WorkerJob) => {
      const proxy = await kafkaProxy(job.brokers[0] as string);
      const zombie = program.start({ ...job, brokers: [proxy.broker] });
      let left = 20;
      proxy.onRequest(({ apiKey }) => {
        if (apiKey === PRODUCE && --left === 0) zombie.child.kill('SIGSTOP');
        return 'pass';
      });
      void zombie.ended.then(() => proxy.close());
      return zombie;
    };

    for (const [where, start] of [
      ['before a commit', stopsBeforeCommit],
      ['in a transaction', stopsInTransaction],
    ] as const)
      it.skipIf(unseen)(
        `is fenced, changes nothing, and works again as a member: stopped ${where}${unseen}`,
        async ({ task }) => {
          const { zombie, events, expected, actual } = await overtaken('kafka', start);
          const counts = [countLine('in', events), countLine('out', expected.length)];
          expectUnharmed(task, fault, {
            events,
            expected: [...expected, ...counts],
            actual: [...actual, ...(await countsOf(kafka().brokers, `${prefix}-listeners`))],
          });
          // Unless its group has told it before.
          const fenced = zombie.messages.filter((message) => 'fenced' in message);
          for (const { cause } of fenced) expect(cause).toMatch(/was taken over by/);
        },
      );

    it.skipIf(unseen)(`repeats windows when nobody fences it${unseen}`, async ({ task }) => {
      const outcome = await overtaken('naive', stopsBeforeCommit);
      expectHarmed(task, fault, 'no fencing', outcome);
    });
  },
  allowingShortSessions,
);
