import { typedTopic } from '../adapter/typed-topic.ts';
import type { EventLog } from '../contract/event-log.ts';
import type { Sink, TaskId } from '../contract/sink.ts';

/** A moment at which a sink can be made to fail: it is about to do something, or has done it. */
export type SinkMoment = 'before open' | 'before commit' | 'after commit';

/**
 * The sink with a switch: `fault` is called at each moment, and what it throws or delays happens
 * there. A throw behind a commit is a lost reply: the commit has happened.
 *
 * @example
 * let down = true;
 * const sink = faultySink(memorySink(), () => { if (down) throw new Error('connection refused'); });
 */
export function faultySink<T>(
  sink: Sink<T>,
  fault: (moment: SinkMoment, task: TaskId) => void | Promise<void>,
): Sink<T> {
  return {
    store: sink.store,
    target: sink.target,
    deadLetters: (job) => sink.deadLetters(job),
    async open(task, named) {
      await fault('before open', task);
      const owner = await sink.open(task, named);
      return {
        checkpoint: owner.checkpoint,
        refusal: (row) => owner.refusal(row),
        refusalOf: (output, row) => owner.refusalOf(output, row),
        async commit(commit, output) {
          await fault('before commit', task);
          await owner.commit(commit, output);
          await fault('after commit', task);
        },
        close: () => owner.close(),
      };
    },
  };
}

/** A moment at which a log can be made to fail: it is about to do something, or has done it. */
export type LogMoment = 'before publish' | 'after publish' | 'before poll';

/** The log with a switch, as {@link faultySink} has one. Topics made from it have it too. */
export function faultyLog(
  log: EventLog,
  fault: (moment: LogMoment, topic: string) => void | Promise<void>,
): EventLog {
  const faulty: EventLog = {
    ...log,
    async publish(topic, records) {
      await fault('before publish', topic);
      await log.publish(topic, records);
      await fault('after publish', topic);
    },
    async reader(topic, partition) {
      const reader = await log.reader(topic, partition);
      return {
        async poll(request) {
          await fault('before poll', topic);
          return reader.poll(request);
        },
        offsetAt: (timestamp) => reader.offsetAt(timestamp),
        bounds: () => reader.bounds(),
        close: () => reader.close(),
      };
    },
    topic: (name, type, options) => typedTopic(faulty, name, type, options),
  };
  return faulty;
}
