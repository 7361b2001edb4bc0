import type { EventLog, Sink, StreamEvent, Warehouse } from '@streamify/core';
import { kafkaSink } from '@streamify/kafka';
import {
  type CleanEvent,
  cleanTopics,
  PlaysPerSong,
  playsPerSong,
  rawTables,
  type TopicName,
} from '@streamify/models';
import { cleanTopic, lateTopic, playsTopic } from './log-topics.ts';

/** Where the results of jobs go: tables of one warehouse, or topics of one log. */
export interface Targets {
  readonly cleaned: { readonly [T in TopicName]: Sink<StreamEvent<CleanEvent<T>>> };
  readonly plays: Sink<PlaysPerSong | StreamEvent<PlaysPerSong>>;
  /** Listens that came too late to be counted. */
  readonly late: Sink<StreamEvent<CleanEvent<'listen_events'>>>;
}

/** The tables of a warehouse. A window that is counted again replaces itself. */
export const tablesOf = (warehouse: Warehouse): Targets => ({
  cleaned: {
    listen_events: warehouse.table('listen_events', rawTables.listen_events),
    page_view_events: warehouse.table('page_view_events', rawTables.page_view_events),
    auth_events: warehouse.table('auth_events', rawTables.auth_events),
    status_change_events: warehouse.table('status_change_events', rawTables.status_change_events),
  },
  plays: warehouse.table('plays_per_song', playsPerSong, {
    upsert: ['track_id', 'window_start', 'partition'],
  }),
  late: warehouse.table(lateTopic, rawTables.listen_events),
});

/** Topics of a log of Kafka, from which one process lands them. */
export const topicsOf = (log: EventLog): Targets => {
  const { listen_events, page_view_events, auth_events, status_change_events } = cleanTopics;
  return {
    cleaned: {
      listen_events: kafkaSink(log.topic(cleanTopic('listen_events'), listen_events)),
      page_view_events: kafkaSink(log.topic(cleanTopic('page_view_events'), page_view_events)),
      auth_events: kafkaSink(log.topic(cleanTopic('auth_events'), auth_events)),
      status_change_events: kafkaSink(
        log.topic(cleanTopic('status_change_events'), status_change_events),
      ),
    },
    plays: kafkaSink(log.topic(playsTopic, PlaysPerSong), { watermarks: false }),
    late: kafkaSink(log.topic(lateTopic, listen_events), { watermarks: false }),
  };
};
