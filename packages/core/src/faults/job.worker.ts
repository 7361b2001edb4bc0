import { join } from 'node:path';
import { Play, type Result, Sum, troubledPipeline } from '@streamify/test-kit/plays';
import { signalAt, workerJob } from '@streamify/test-kit/worker';
import { targetPartition } from '../adapter/target-partition.ts';
import { typedTopic } from '../adapter/typed-topic.ts';
import type { EventLog } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { nodeFolder } from '../durable/node-folder.ts';
import { JOB } from '../fixtures/delivered.ts';
import { faultyFolder } from '../fixtures/faulty-folder.ts';
import { naiveFileSink } from '../fixtures/naive-file-sink.ts';
import { naiveLogSink } from '../fixtures/naive-log-sink.ts';
import { TARGET_PARTITIONS } from '../fixtures/troubled-folder.ts';
import { run } from '../job/run.ts';
import { fileLog } from '../log/file/file-log.ts';
import { folderSink } from '../sink/file/file-sink.ts';
import { LogAppender } from '../sink/log/log-appender.ts';
import { appendingSink } from '../sink/log/log-sink.ts';
import { faultySink } from '../testing/fault-switches.ts';

/*
 * A process that the fault tests start. It runs the troubled pipeline from a log in files, and sends
 * itself a signal at a named point of its first commit.
 */

/** What the worker is to do. */
export interface WorkerJob {
  readonly dir: string;
  readonly sink: 'file' | 'naive file' | 'log' | 'naive log';
  /** Where in its first commit it sends itself the signal; never by default. */
  readonly point?: string | undefined;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
  readonly maxRecords: number;
}

const { dir, sink, point, signal, maxRecords } = workerJob<WorkerJob>();

let committing = false;
const signalled = signalAt(point, signal);
/** Sends the signal when this is the point. */
async function at(reached: string): Promise<void> {
  if (committing) await signalled(reached);
}

const folder = faultyFolder(nodeFolder(join(dir, 'out')), async ({ moment, operation, path }) => {
  if (operation === 'write' && moment === 'after') await at('while it prepares');
  if (operation === 'create' && path.startsWith('checkpoint/entry.'))
    await at(moment === 'before' ? 'before its entry' : 'behind its entry');
  if (operation === 'move' && moment === 'after') await at('between its files');
});

async function inputLog(): Promise<EventLog> {
  const writes = sink === 'log' || sink === 'naive log';
  const log = await fileLog({
    dir: join(dir, 'log'),
    mode: writes ? 'write' : 'read',
    durability: 'os',
  });
  if (writes) await log.createTopic('sums', { partitions: TARGET_PARTITIONS });
  return log;
}

const log = await inputLog();

const deadly: EventLog = {
  ...log,
  async publish(topic, records) {
    await at('before it appends');
    const first = records.filter((each) => targetPartition(topic, TARGET_PARTITIONS, each) === 0);
    if (point === 'while it appends' && committing && first.length > 0) {
      await log.publish(topic, first);
      await at('while it appends');
    }
    await log.publish(topic, records);
    await at('behind its append');
  },
};

function sinkUnderTest(): Sink<Result> {
  const target = typedTopic(deadly, 'sums', Sum);
  if (sink === 'file') return folderSink<Result>(folder);
  if (sink === 'naive file') return naiveFileSink<Result>(folder);
  if (sink === 'naive log') return naiveLogSink<Sum>(target, folder, 'append first');
  return appendingSink<Sum>(target, new LogAppender(deadly, folder));
}

await run({
  name: JOB,
  from: log.topic('plays', Play),
  through: troubledPipeline,
  into: faultySink(sinkUnderTest(), async (moment) => {
    committing ||= moment === 'before commit';
    if (moment === 'before commit') await at('before its commit');
    if (moment === 'after commit') await at('before the reply');
  }),
  atEnd: 'complete',
  epoch: { maxRecords },
});
await log.close();
