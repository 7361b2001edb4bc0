import { memorySink, run } from '@streamify/core';
import { openReader } from '@streamify/sink-duckdb';
import { map } from 'rxjs';
import type { KafkaPlace } from '../kafka/kafka-place.ts';
import { openKafkaRun } from '../kafka/kafka-run.ts';
import { topicIn, topicNames } from '../log-topics.ts';

/** What landed otherwise than once, by the id of the event. */
export interface Difference {
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  /** Landed, and in no topic. */
  readonly foreign: number;
}

/** Compares the raw tables of a database file with the events that a run's topics hold, whatever put them there. */
export async function comparedWithTopics(
  place: KafkaPlace,
  run: string,
  path: string,
): Promise<Difference> {
  const published = await publishedIds(place, run);
  const reader = await openReader({ path });
  let [lost, doubled, foreign, events] = [0, 0, 0, 0];
  try {
    for (const [topic, ids] of published) {
      const rows = await reader.query(
        `select event_id as id, count(*)::integer as times from ${topic} group by all`,
      );
      const landed = new Map(rows.map(({ id, times }) => [String(id), Number(times)]));
      events += ids.size;
      for (const id of ids) if (!landed.has(id)) lost++;
      for (const [id, times] of landed) {
        if (!ids.has(id)) foreign++;
        if (times > 1) doubled++;
      }
    }
  } finally {
    reader.close();
  }
  return { events, lost, doubled, foreign };
}

async function publishedIds(place: KafkaPlace, name: string) {
  const kafka = openKafkaRun(place, name);
  const published = new Map<string, ReadonlySet<string>>();
  try {
    for (const topic of topicNames) {
      const sink = memorySink<string>();
      await run({
        name: `read ${topic}`,
        from: topicIn(kafka.log, topic),
        through: map(({ value }) => value.eventId),
        into: sink,
        atEnd: 'stop',
        maxFutureSkew: Number.POSITIVE_INFINITY,
      });
      published.set(topic, new Set(sink.rows));
    }
  } finally {
    await kafka.close();
  }
  return published;
}
