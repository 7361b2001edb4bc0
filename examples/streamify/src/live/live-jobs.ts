import type { RunningJob, Warehouse } from '@streamify/core';
import { cleaningJobs, countingJob, landingJobs, sharedJobNames } from '../jobs.ts';
import type { KafkaRun } from '../kafka/kafka-run.ts';
import { cleanTopic, lateTopic, partitions, playsTopic, topicNames } from '../log-topics.ts';
import { tablesOf, topicsOf } from '../targets.ts';
import type { StartLive } from './live-starter.ts';

/** Makes all topics of a live run. */
export async function createLiveTopics({ log }: KafkaRun): Promise<void> {
  const names = [...topicNames, ...topicNames.map(cleanTopic), playsTopic, lateTopic];
  for (const name of names) await log.createTopic(name, { partitions });
}

/**
 * Starts the jobs that any number of processes share: cleaning, a job a topic, and the count of plays.
 * Their results go to topics, from which one process lands them.
 */
export function startShared({ log }: KafkaRun, start: StartLive): readonly RunningJob[] {
  const topics = topicsOf(log);
  const jobs = [...cleaningJobs(log, topics), countingJob(log, topics)];
  return jobs.map(({ startBy }) => startBy(start));
}

/** How many open dead letters the jobs have: the shared ones, whichever process made them, and those that land. */
export async function deadLettersOf(
  { log }: KafkaRun,
  warehouse: Warehouse,
): Promise<Readonly<Record<string, number>>> {
  const { plays } = topicsOf(log);
  const landing = landingJobs(log, tablesOf(warehouse)).map(({ name }) => name);
  const letters = [
    ...sharedJobNames.map(async (job) => [job, await plays.deadLetters(job)] as const),
    ...landing.map(async (job) => [job, await warehouse.deadLetters(job)] as const),
  ];
  return Object.fromEntries((await Promise.all(letters)).map(([job, dead]) => [job, dead.length]));
}

/** Starts the jobs that land those results: in one process, since a DuckDB file has one writer. */
export function startLanding(
  { log }: KafkaRun,
  warehouse: Warehouse,
  start: StartLive,
): readonly RunningJob[] {
  return landingJobs(log, tablesOf(warehouse)).map(({ startBy }) => startBy(start));
}
