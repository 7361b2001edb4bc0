import { join } from 'node:path';
import { Play } from '@streamify/test-kit/plays';
import { signalAt, workerJob } from '@streamify/test-kit/worker';
import { targetPartition } from '../../adapter/target-partition.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { naiveLogSink } from '../../fixtures/naive-log-sink.ts';
import { run } from '../../job/run.ts';
import { fileLog } from '../../log/file/file-log.ts';
import { LogAppender } from './log-appender.ts';
import { appendingSink } from './log-sink.ts';

/*
 * A process that the tests of the log sink start. It gives plays a new key.
 */

/** What the worker is to do. */
export interface LogSinkJob {
  readonly dir: string;
  readonly sink: 'exactly once' | 'naive';
  /** Where in its third append it kills itself; never by default. */
  readonly point?: 'before' | 'within' | 'after' | undefined;
}

const { dir, sink, point } = workerJob<LogSinkJob>();
const at = signalAt(point);
const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
await log.createTopic('target', { partitions: 3 });

let appends = 0;
const deadly: EventLog = {
  ...log,
  async publish(topic, records) {
    if (++appends !== 3) return log.publish(topic, records);
    await at('before');
    const first = records.filter((record) => targetPartition(topic, 3, record) < 2);
    await log.publish(topic, point === 'within' ? first : records);
    await at('within');
    await at('after');
  },
};

const target = typedTopic(deadly, 'target', Play);
const folder = nodeFolder(join(dir, 'target'));
await run({
  name: 'rekey',
  from: log.topic('plays', Play),
  through: (plays$) => plays$,
  into:
    sink === 'naive'
      ? naiveLogSink(target, folder, 'append first')
      : appendingSink(target, new LogAppender(deadly, folder)),
  atEnd: 'stop',
  epoch: { maxRecords: 20 },
});
await log.close();
