import { type EventLog, memoryLog, type Topic } from '@streamify/core';
import { Play } from './play.ts';

/** When every record of a {@link playsLog} was appended, in epoch milliseconds. */
export const LOGGED_AT = 1_000_000;

/** Publishes plays into a new topic of the log. */
export async function publishPlays(
  log: EventLog,
  values: readonly Play[],
  partitions = 1,
): Promise<Topic<Play>> {
  await log.createTopic('plays', { partitions });
  const topic = log.topic('plays', Play);
  await topic.publish(values);
  return topic;
}

/** A memory log with a topic of plays. */
export async function playsLog(
  values: readonly Play[],
  partitions = 1,
): Promise<{ readonly log: EventLog; readonly topic: Topic<Play> }> {
  const log = memoryLog({ now: () => LOGGED_AT });
  return { log, topic: await publishPlays(log, values, partitions) };
}
