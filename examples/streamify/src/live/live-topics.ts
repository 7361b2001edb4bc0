import { defineEvent, type EventType, type RecordSchema } from '@streamify/core';
import { playsPerSong, type TopicName, topics } from '@streamify/models';
import type { KafkaRun } from '../kafka/kafka-run.ts';
import { type Identified, partitions, topicNames } from '../log-topics.ts';

/** The topic of the clean events of a topic. */
export const cleanTopic = (topic: TopicName) => `${topic}.clean`;

/** The topic of the plays per song and window. */
export const playsTopic = 'plays_per_song';

/** What clean events are written as: the same as before, as nothing but their values has changed. */
export const cleanType = (topic: TopicName): EventType<RecordSchema, Identified> => topics[topic];

/** Plays of a song in a window as an event: keyed by song, so that a window's later count comes after its earlier one. */
export const PlaysPerSongEvent = defineEvent(playsPerSong, { time: 'windowStart', key: 'trackId' });

/** Makes all topics of a live run. */
export async function createLiveTopics({ log }: KafkaRun): Promise<void> {
  const names = [...topicNames, ...topicNames.map(cleanTopic), playsTopic];
  for (const name of names) await log.createTopic(name, { partitions });
}
