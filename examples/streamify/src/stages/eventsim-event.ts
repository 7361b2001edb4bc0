import { createHash } from 'node:crypto';
import { jsonFault, misfitOf, tableColumns } from '@streamify/core/adapter';
import { type TopicName, topics } from '@streamify/models';
import { text } from '../cleaning/cleaning-rules.ts';
import type { Identified } from '../log-topics.ts';

type Json = Readonly<Record<string, unknown>>;

const columns = Object.fromEntries(
  Object.entries(topics).map(([topic, { schema }]) => [topic, tableColumns(schema)]),
);

/** A line that is no event of its topic, and why. */
export class NotAnEvent extends Error {}

/**
 * Reads a line of the original Eventsim's output as an event of ours.
 *
 * What it leaves out becomes null. Ids that it does not have are derived from what it has, so that
 * the same line has the same ids in every run: the device from the session (`session-7`), the
 * event from topic, session, item, time and page, the artist from the name and the track from
 * artist, song and duration, both after repair of the text.
 *
 * @throws NotAnEvent that says what is wrong.
 */
export function eventsimEvent(topic: TopicName, line: string): Identified {
  const json = parseObject(line);
  const event: Record<string, unknown> = {};
  for (const { field } of columns[topic] ?? []) event[field] = json[field] ?? null;
  if (typeof event['zip'] === 'number') event['zip'] = String(event['zip']);

  const { sessionId, itemInSession, ts, page } = json;
  event['eventId'] ??= `e-${digest([topic, sessionId, itemInSession, ts, page])}`;
  event['deviceId'] ??= `session-${String(sessionId ?? 'none')}`;
  const artist = nameOf(json['artist']);
  const song = nameOf(json['song']);
  if (artist !== null && 'artistId' in event) event['artistId'] ??= `AR${digest([artist])}`;
  if (song !== null && 'trackId' in event)
    event['trackId'] ??= `TR${digest([artist, song, json['duration']])}`;

  const misfit = misfitOf(columns[topic] ?? [], event);
  if (misfit !== undefined) throw new NotAnEvent(misfit);
  return event as unknown as Identified;
}

/** Some programs begin a file with it, and joined files have it inside. */
const byteOrderMark = /^\ufeff/;

function parseObject(line: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(line.replace(byteOrderMark, ''));
  } catch (cause) {
    const fault = jsonFault(line.replace(byteOrderMark, ''));
    throw new NotAnEvent(
      `not JSON: ${fault ? `${fault.problem} in column ${fault.column}` : 'too long'}`,
      { cause },
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new NotAnEvent('not a JSON object');
  return json as Json;
}

const nameOf = (value: unknown): string | null => (typeof value === 'string' ? text(value) : null);

/** 16 hexadecimal digits that stand for these values. */
function digest(values: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(values.map((value) => value ?? null)))
    .digest('hex')
    .slice(0, 16);
}
