import type { RunningJob, Sink } from '@streamify/core';
import { kafkaSink } from '@streamify/kafka';
import type { DuckDBWarehouse } from '@streamify/sink-duckdb';
import { cleaning, countingJobName, countingPlays, playsTable, tableOf } from '../jobs.ts';
import type { KafkaRun } from '../kafka/kafka-run.ts';
import { topicNames } from '../log-topics.ts';
import type { StartLive } from './live-starter.ts';
import { cleanTopic, cleanType, PlaysPerSongEvent, playsTopic } from './live-topics.ts';
import { sharedJobs } from './shared-jobs.ts';

/**
 * Starts what any number of processes share: cleaning, a job a topic, and the count of plays. Their
 * results go to topics, from which one process lands them.
 */
export function startShared(kafka: KafkaRun, start: StartLive): readonly RunningJob[] {
  const { sharedLog: log } = kafka;
  const cleaningJobs = topicNames.map((topic) =>
    start({
      name: `clean ${topic}`,
      ...cleaning(topic, log),
      into: kafkaSink(log.topic(cleanTopic(topic), cleanType(topic))) as Sink<object>,
    }),
  );
  const counting = start({
    name: countingJobName,
    ...countingPlays(log),
    into: kafkaSink(log.topic(playsTopic, PlaysPerSongEvent)),
  });
  return [...cleaningJobs, counting];
}

/** How many dead letters the shared jobs have, whichever process made them. */
export async function deadLettersOf(kafka: KafkaRun): Promise<Readonly<Record<string, number>>> {
  const sink = kafkaSink(kafka.sharedLog.topic(playsTopic, PlaysPerSongEvent));
  const counts = sharedJobs.map(
    async (job) => [job, (await sink.deadLetters(job)).length] as const,
  );
  return Object.fromEntries(await Promise.all(counts));
}

/** Starts what lands those results: in one process, since a DuckDB file has one writer. */
export function startLoading(
  { log }: KafkaRun,
  warehouse: DuckDBWarehouse,
  start: StartLive,
): readonly RunningJob[] {
  const loading = topicNames.map((topic) =>
    start({
      name: `load ${topic}`,
      from: log.topic(cleanTopic(topic), cleanType(topic)),
      through: (events$) => events$,
      into: tableOf(topic, warehouse),
    }),
  );
  const plays = start({
    name: 'load plays_per_song',
    from: log.topic(playsTopic, PlaysPerSongEvent),
    through: (plays$) => plays$,
    into: playsTable(warehouse),
  });
  return [...loading, plays];
}
