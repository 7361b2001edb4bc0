import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import type { EventLog } from '@streamify/core';
import { avroDecoder } from '@streamify/core/adapter';
import { ListenEvent } from '@streamify/models';
import { type CleanListen, cleanListen } from './rules.ts';

const ddl = `
create table listen_events (
  event_id varchar, ts timestamp, session_id bigint, device_id varchar, item_in_session integer, auth varchar,
  level varchar, track_id varchar, artist_id varchar, artist varchar, song varchar, duration double, city varchar,
  zip varchar, state varchar, user_agent varchar, lon double, lat double, user_id bigint, first_name varchar,
  last_name varchar, gender varchar, registration timestamp, tag varchar,
  _topic varchar, _partition integer, _offset bigint, _ingested_at timestamp
);
create table progress (next bigint)`;

/** A table of listens, written as a careful user would, with the settings of our sink. */
export interface ListensTable {
  /** Appends listens in a transaction, in which `also` may write more. */
  append(
    listens: Iterable<{ readonly listen: CleanListen; readonly offset: number }>,
    from: { readonly topic: string; readonly partition: number },
    also?: (connection: DuckDBConnection) => Promise<void>,
  ): Promise<void>;
  close(): void;
}

export async function openListens(path: string): Promise<ListensTable> {
  const instance = await DuckDBInstance.create(path, { checkpoint_threshold: '256MB' });
  const connection = await instance.connect();
  await connection.run(ddl);
  return {
    async append(listens, from, also) {
      await connection.run('begin');
      const appender = await connection.createAppender('listen_events');
      const loaded = timestamp(Date.now());
      for (const { listen, offset } of listens)
        appendListen(appender, listen, { ...from, offset, loaded });
      appender.closeSync();
      await also?.(connection);
      await connection.run('commit');
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * The baseline: what a careful user would write with the same reader, decoder and appender, and no
 * engine. It commits each slice with its offset, and has no side outputs, fencing or dead letters.
 */
export async function handWritten(log: EventLog, topic: string, path: string): Promise<number> {
  const table = await openListens(path);
  const decoder = avroDecoder(ListenEvent, log.registry);
  const reader = await log.reader(topic, 0);
  const { start, end } = await reader.bounds();
  for (let next = start; next < end; ) {
    const slice = await reader.poll({
      from: next,
      maxRecords: 20_000,
      maxBytes: 16 << 20,
      maxWait: 0,
    });
    await decoder.prepare(slice.records);
    next = slice.next;
    await table.append(
      slice.records.map((record) => ({
        listen: cleanListen(decoder.decode(record)),
        offset: record.offset,
      })),
      { topic, partition: 0 },
      async (connection) => {
        await connection.run('delete from progress');
        await connection.run('insert into progress values ($next)', { next });
      },
    );
  }
  await reader.close();
  table.close();
  return end - start;
}

function appendListen(
  appender: DuckDBAppender,
  listen: CleanListen,
  {
    topic,
    partition,
    offset,
    loaded,
  }: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly loaded: DuckDBTimestampValue;
  },
): void {
  const text = (value: string | null) =>
    value === null ? appender.appendNull() : appender.appendVarchar(value);
  const double = (value: number | null) =>
    value === null ? appender.appendNull() : appender.appendDouble(value);
  appender.appendVarchar(listen.eventId);
  appender.appendTimestamp(timestamp(listen.ts));
  appender.appendBigInt(BigInt(listen.sessionId));
  appender.appendVarchar(listen.deviceId);
  if (listen.itemInSession === null) appender.appendNull();
  else appender.appendInteger(listen.itemInSession);
  text(listen.auth);
  text(listen.level);
  text(listen.trackId);
  text(listen.artistId);
  text(listen.artist);
  text(listen.song);
  double(listen.duration);
  text(listen.city);
  text(listen.zip);
  text(listen.state);
  text(listen.userAgent);
  double(listen.lon);
  double(listen.lat);
  if (listen.userId === null) appender.appendNull();
  else appender.appendBigInt(BigInt(listen.userId));
  text(listen.firstName);
  text(listen.lastName);
  text(listen.gender);
  if (listen.registration === null) appender.appendNull();
  else appender.appendTimestamp(timestamp(listen.registration));
  text(listen.tag);
  appender.appendVarchar(topic);
  appender.appendInteger(partition);
  appender.appendBigInt(BigInt(offset));
  appender.appendTimestamp(loaded);
  appender.endRow();
}

const timestamp = (milliseconds: number) => new DuckDBTimestampValue(BigInt(milliseconds) * 1000n);
