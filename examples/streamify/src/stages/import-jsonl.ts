import { isUtf8 } from 'node:buffer';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type EventLog,
  type NewRecord,
  type ResumingPublisher,
  resumingPublisher,
} from '@streamify/core';
import { systemReason } from '@streamify/core/adapter';
import type { TopicName } from '@streamify/models';
import { type Identified, type Published, partitions, topicIn, topicNames } from '../log-topics.ts';
import { type Progress, shown } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { byteLines, LineTooLong } from './byte-lines.ts';
import { eventsimEvent, NotAnEvent } from './eventsim-event.ts';

const batchSize = 4_096;

/**
 * Publishes the files of a folder. A line that is no event goes into the log as it stands, with
 * file, line and reason in its headers, where the job makes it a dead letter: nothing is lost.
 *
 * Resolves with the records of each topic; `undefined` when it was stopped.
 *
 * @throws UsageError when there is none of the files, two of one topic, or one cannot be read.
 */
export async function importInto(
  log: EventLog,
  dir: string,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Published | undefined> {
  const files = eventFiles(dir);
  const total = [...files.values()].reduce((bytes, file) => bytes + statSync(file).size, 0);
  const counts: Partial<Record<TopicName, number>> = {};
  let read = 0;
  for (const topic of topicNames) {
    const publisher = await resumingPublisher(topicIn(log, topic), { partitions });
    const file = files.get(topic);
    if (file !== undefined) {
      await importFile(publisher, topic, file, {
        signal,
        onBytes: (bytes) => {
          read += bytes;
          progress.update(read, total, `${topic}: ${shown(publisher.count)} lines`);
        },
      });
      if (signal.aborted) return undefined;
    }
    counts[topic] = publisher.count;
  }
  return counts as Published;
}

/** The file of each topic that the folder has one of. */
export function eventFiles(dir: string): Map<TopicName, string> {
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new UsageError(`--from-jsonl ${dir} is no folder`);
  const endings = ['', '.jsonl', '.json'].flatMap((ending) => [ending, `${ending}.gz`]);
  const files = new Map<TopicName, string>();
  for (const topic of topicNames) {
    const found = endings
      .map((ending) => join(dir, topic + ending))
      .filter((file) => existsSync(file));
    if (found.length > 1)
      throw new UsageError(
        `${dir} has more than one file of ${topic}: keep one of ${found.join(', ')}`,
      );
    if (found[0] !== undefined) files.set(topic, found[0]);
  }
  if (files.size === 0)
    throw new UsageError(
      `${dir} has no event file: expected ${topicNames.join(', ')}, with or without .jsonl or .json, and .gz`,
    );
  return files;
}

async function importFile(
  publisher: ResumingPublisher<Identified>,
  topic: TopicName,
  file: string,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<void> {
  let events: Identified[] = [];
  let malformed: NewRecord[] = [];
  const flush = async () => {
    await publisher.publish(events);
    await publisher.publishRecords(malformed);
    [events, malformed] = [[], []];
  };
  let number = 0;
  for await (const line of linesOf(file, onBytes)) {
    if (signal.aborted) return;
    number++;
    try {
      const text = textOf(line);
      if (text.trim() === '') continue;
      events.push(eventsimEvent(topic, text));
    } catch (cause) {
      if (!(cause instanceof NotAnEvent)) throw cause;
      const headers = { file, line: String(number), reason: cause.message };
      malformed.push({ key: `${topic}:${number}`, value: line, headers });
    }
    if (events.length + malformed.length >= batchSize) await flush();
  }
  await flush();
}

async function* linesOf(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  source.on('data', (chunk) => onBytes(chunk.length));
  let failure: Error | null = null;
  const input = file.endsWith('.gz')
    ? pipeline(source, createGunzip(), (error) => {
        failure = error ?? null;
      })
    : source;
  try {
    yield* byteLines(input);
  } catch (cause) {
    failure ??= cause as Error;
  }
  if (failure) throw unreadable(file, failure);
}

function unreadable(file: string, cause: Error): UsageError {
  const reason = cause instanceof LineTooLong ? `a line ${cause.message}` : systemReason(cause);
  return new UsageError(
    `${file} cannot be read: ${reason ?? 'it is no gzip file, or damaged or cut off'}`,
    { cause },
  );
}

/**
 * A line as text.
 *
 * @throws NotAnEvent where it is not UTF-8: what it means is not known, and a guess would falsify it.
 */
function textOf(line: Buffer): string {
  if (isUtf8(line)) return line.toString();
  const whole = Buffer.from(line.toString());
  const at = line.findIndex((byte, i) => byte !== whole[i]);
  const byte = line[at]?.toString(16).padStart(2, '0');
  throw new NotAnEvent(`not UTF-8: byte 0x${byte} in column ${at + 1}`);
}
