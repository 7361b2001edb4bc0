import type { EventLog, EventType, RecordSchema, Topic } from '@streamify/core';
import { type TopicName, topics } from '@streamify/models';

/** The four topics, in the order in which they are shown. */
export const topicNames = Object.keys(topics) as readonly TopicName[];

/** Partitions of each topic: as many processes can share the work. */
export const partitions = 4;

/** The topic of the clean events of a topic. */
export const cleanTopic = (topic: TopicName) => `${topic}.clean`;

/** The topic of the plays per song and window. */
export const playsTopic = 'plays_per_song';

/** The topic, and the table, of listens that came too late to be counted. */
export const lateTopic = 'late_listen_events';

/** Records in the log by topic. */
export type Published = Readonly<Record<TopicName, number>>;

/** Records of all topics. */
export const totalOf = (published: Published): number =>
  topicNames.reduce((sum, topic) => sum + published[topic], 0);

/** What the events of every topic have, before they are cleaned. */
export interface Identified {
  readonly eventId: string;
  readonly ts: number | null;
  readonly sessionId: number | null;
}

/** A topic of the log by its name. Its events are of the topic's type, of which only the common part is told here. */
export function topicIn(log: EventLog, name: TopicName): Topic<Identified> {
  const type: EventType<RecordSchema, Identified> = topics[name];
  return log.topic(name, type);
}
