import { setTimeout as delay } from 'node:timers/promises';
import type { Warehouse } from '@streamify/core';
import { openWarehouse } from '@streamify/sink-duckdb';
import type { DataDir } from '../data-dir.ts';
import { sharedJobNames } from '../jobs.ts';
import { findKafka } from '../kafka/find-kafka.ts';
import type { KafkaPlace } from '../kafka/kafka-place.ts';
import { type KafkaRun, openKafkaRun } from '../kafka/kafka-run.ts';
import { type Published, topicNames, totalOf } from '../log-topics.ts';
import type { Source } from '../plan.ts';
import { shown, startProgress, utc } from '../progress.ts';
import { drain } from './drain.ts';
import { createLiveTopics, deadLettersOf, startLanding, startShared } from './live-jobs.ts';
import { liveLines, timedLine } from './live-lines.ts';
import { announce } from './live-place.ts';
import { liveStarter } from './live-starter.ts';
import { livePatience, outageLines, type TellOutage } from './outage-lines.ts';
import { runJobs } from './run-jobs.ts';
import { type Simulated, simulateLive } from './simulate-live.ts';

/** A live run, until it is stopped. */
export interface LiveRun {
  readonly dataDir: DataDir;
  readonly source: Extract<Source, { kind: 'live' }>;
  /** The name of its topics. */
  readonly run: string;
  /** Simulated seconds a second. */
  readonly speed: number;
  /** Ends it: what is under way is landed first. */
  readonly stop: AbortSignal;
  /** Ends that as well. */
  readonly hurry: AbortSignal;
}

/** What a live run has come to. */
export interface LiveResult extends Simulated {
  /** Dead letters by job, whoever wrote what they are of; `undefined` when they could not be counted. */
  readonly dead: Readonly<Record<string, number>> | undefined;
  readonly where: string;
}

/** Milliseconds between two lines about the simulation. */
const every = 10_000;

/**
 * Simulates without an end and lands what comes: cleaned and counted by as many processes as take
 * a share, into topics; from there into the tables, by this one.
 */
export async function runLive(live: LiveRun): Promise<LiveResult> {
  const { dataDir, run } = live;
  const progress = startProgress('kafka');
  const place = await findKafka((line) => progress.end(line));
  // Open from beginning to end, which keeps out a second run.
  const warehouse = await openWarehouse({ path: dataDir.raw, config: { memory_limit: '256MB' } });
  const kafka = openKafkaRun(place, run, { patience: livePatience });
  try {
    await createLiveTopics(kafka);
    const announced = announce(dataDir.live, { ...place, run, pid: process.pid });
    try {
      return await workUntilStopped(live, { kafka, place, warehouse });
    } finally {
      announced.end();
    }
  } finally {
    await kafka.close();
    await warehouse.close();
  }
}

interface Opened {
  readonly kafka: KafkaRun;
  readonly place: KafkaPlace;
  readonly warehouse: Warehouse;
}

async function workUntilStopped(live: LiveRun, opened: Opened): Promise<LiveResult> {
  const { kafka, place, warehouse } = opened;
  let lastCommit = performance.now();
  const tellOutage = outageLines(timedLine, () => performance.now());
  const start = liveStarter({
    metrics: liveLines(timedLine, sharedJobNames),
    say: timedLine,
    tellOutage,
    onCommit: () => {
      lastCommit = performance.now();
    },
  });
  timedLine(`run ${live.run}: Ctrl-C stops it; npm run worker in a further terminal joins it`);
  const jobs = [...startShared(kafka, start), ...startLanding(kafka, warehouse, start)];
  const [finish, ended] = [new AbortController(), new AbortController()];
  const working = runJobs(jobs, finish.signal).finally(() => ended.abort());
  working.catch(() => {});
  try {
    const stop = AbortSignal.any([live.stop, ended.signal]);
    const simulated = await simulate(live, kafka, { signal: stop, tellOutage });
    // Jobs end before they are told to when one of them fails.
    if (!ended.signal.aborted) {
      timedLine('stopping: landing what is in the topics; Ctrl-C again leaves it there');
      await drain({
        published: totalOf(simulated.published),
        landed: () => rowsOf(warehouse),
        lastCommit: () => lastCommit,
        signal: live.hurry,
      });
    }
    // Where brokers are away, or the user is in a hurry, they are not waited for.
    const dead = live.hurry.aborted
      ? undefined
      : await deadLettersOf(kafka, warehouse).catch(() => undefined);
    return {
      ...simulated,
      dead,
      where: `topics ${live.run}.* of Kafka at ${place.brokers.join(', ')}`,
    };
  } finally {
    finish.abort();
    await working;
  }
}

/** Simulates until `signal` fires, and begins again where brokers were away. */
async function simulate(
  { source, speed }: LiveRun,
  { log }: KafkaRun,
  { signal, tellOutage }: { readonly signal: AbortSignal; readonly tellOutage: TellOutage },
): Promise<Simulated> {
  const none = Object.fromEntries(topicNames.map((topic) => [topic, 0])) as Published;
  let simulated: Simulated = { published: none, until: undefined };
  let [toldAt, told] = [Number.NEGATIVE_INFINITY, 0];
  const onPublished = (now: Simulated) => {
    simulated = now;
    const at = performance.now();
    const events = totalOf(now.published);
    if (now.until === undefined || at - toldAt < every || events === told) return;
    const seconds = (at - toldAt) / 1_000;
    const rate = Number.isFinite(seconds) ? ` (${Math.round((events - told) / seconds)}/s)` : '';
    timedLine(`simulate: ${shown(events)} events${rate}, up to ${utc(now.until)}`);
    [toldAt, told] = [at, events];
  };
  while (!signal.aborted) {
    try {
      await simulateLive(log, source, { speed, signal, onPublished });
    } catch (cause) {
      if (!tellOutage(cause)) throw cause;
      await delay(5_000, undefined, { signal }).catch(() => {});
    }
  }
  return simulated;
}

/** Rows of all topics that have a table already. */
async function rowsOf(warehouse: Warehouse): Promise<number> {
  const tables = await warehouse.query(
    'select table_name as name from information_schema.tables where table_schema = current_schema()',
  );
  const there = topicNames.filter((topic) => tables.some(({ name }) => name === topic));
  const counts = there.map((topic) => `(select count(*) from ${topic})`);
  const [row] = await warehouse.query(`select ${['0', ...counts].join(' + ')} as n`);
  return Number(row?.['n'] ?? 0);
}
