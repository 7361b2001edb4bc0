import { checkWatermarks, type OutputTopic, targetOf } from '../../adapter/check-topics-agree.ts';
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
  /**
   * Whether the topic carries the watermarks of the tasks that feed it, as records without a value: a job of
   * windows that reads it needs them to be right. `false` for a result, which holds rows and nothing else.
   * Default `true`.
   */
  readonly watermarks?: boolean;
}

/** A sink into a topic. */
export type LogSink<T> = Sink<T | StreamEvent<T>>;

/** Sinks into topics, by the topics. */
const targets = new SinkTargets<OutputTopic>();

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
  checkOptions('logSink', options, { dir: true, watermarks: true });
  const { dir, watermarks = true } = options;
  checkWatermarks(watermarks);
  if (dir !== undefined && (typeof dir !== 'string' || dir === ''))
    throw new OptionError(`dir is the folder of the checkpoints, got ${JSON.stringify(dir)}`);
  return appendingSink(topic, logAppender(topic.log, topic.name, dir), watermarks);
}

/** {@link logSink} with a given appender. */
export function appendingSink<T extends object>(
  topic: Topic<T>,
  appender: LogAppender,
  watermarks = true,
): LogSink<T> {
  const main: OutputTopic = { topic: topic as unknown as Topic<never>, watermarks };
  const sink: LogSink<T> = {
    store: appender,
    target: targetOf(main),
    deadLetters: (job) => readDeadLetters(appender.folder, job),
    open: (task, named) => openLogTask({ appender, task, main, named: targets.of(named) }),
  };
  return targets.add(sink, main);
}
