import { SinkTargets } from '../../adapter/sink-targets.ts';
import { checkOptions } from '../../contract/check-options.ts';
import { OptionError } from '../../contract/errors.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { Topic } from '../../contract/event-log.ts';
import type { Sink } from '../../contract/sink.ts';
import { readDeadLetters } from '../ledger/dead-letters.ts';
import { type LogAppender, logAppender } from './log-appender.ts';
import { openLogTask } from './log-task.ts';

/** Options of {@link logSink}. */
export interface LogSinkOptions {
  /**
   * The folder of the checkpoints, dead letters and elements kept as JSON, beside the log. Needed for a
   * log in files; without it they are kept in memory, as long as the log's object lives.
   */
  readonly dir?: string;
}

/** A sink into a topic. */
export type LogSink<T> = Sink<T | StreamEvent<T>>;

/** Sinks into topics, by the topics. */
const targets = new SinkTargets<Topic<never>>();

/**
 * Delivers into another topic of a log, exactly once, under the key of the topic's type: how a
 * stream gets a new key.
 *
 * The topic carries the watermarks of the tasks that feed it, and a job that reads it follows the
 * slowest of them, so that a backlog read at uneven speed loses nothing. The topic has no other
 * writer than such sinks; the log has one writing process. Topics with the same `dir` take the outputs
 * of one job together.
 *
 * @throws OptionError when `dir` is empty, or not the one that the topic's other sinks have.
 *
 * @example
 * await run({ name: 'by-song', from: plays, through: (plays$) => plays$, into: logSink(log.topic('plays_by_song', PlayBySong), { dir: 'by-song' }) });
 */
export function logSink<T extends object>(
  topic: Topic<T>,
  options: LogSinkOptions = {},
): LogSink<T> {
  checkOptions('logSink', options, { dir: true });
  const { dir } = options;
  if (dir !== undefined && (typeof dir !== 'string' || dir === ''))
    throw new OptionError(`dir is the folder of the checkpoints, got ${JSON.stringify(dir)}`);
  return appendingSink(topic, logAppender(topic.log, topic.name, dir));
}

/** {@link logSink} with a given appender. */
export function appendingSink<T extends object>(
  topic: Topic<T>,
  appender: LogAppender,
): LogSink<T> {
  const target = topic as unknown as Topic<never>;
  const sink: LogSink<T> = {
    store: appender,
    target: topic.name,
    deadLetters: (job) => readDeadLetters(appender.folder, job),
    open: (task, named) => openLogTask({ appender, task, main: target, named: targets.of(named) }),
  };
  return targets.add(sink, target);
}
