import { type CommitReport, type RunningJob, type Sink, startJob } from '@streamify/core';
import { tell, workerJob } from '@streamify/test-kit/worker';
import { kafkaLog } from '../log/kafka-log.ts';
import { naiveSink } from './naive-sink.ts';
import { registryOfPlays } from './plays.ts';
import { Counted, listenersJob, rekeyJob, songsJob, topicsOf, withoutGroup } from './windows.ts';
import type { WorkerJob, WorkerMessage } from './worker-job.ts';

/*
 * A process that the fault tests start. It works until it is killed, or told to end by SIGTERM, and
 * tells what it does.
 */

const options = workerJob<WorkerJob>();
const { brokers, prefix, work, sink, group, maxRecords, stopBefore, killBehindRows } = options;
const say = (message: WorkerMessage) => tell(message);

const log = kafkaLog({
  brokers,
  registry: await registryOfPlays(Counted.schema),
  ...(group && { group }),
});
const reading = group ? log : withoutGroup(log);
const settings = {
  epoch: { maxRecords, maxWait: 50 },
  onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 500 } },
} as const;

let commits = 0;
/** Stops the process before a commit that has rows. */
const stopping = <T>(into: Sink<T>): Sink<T> => ({
  ...into,
  async open(task, named) {
    const owner = await into.open(task, named);
    return {
      checkpoint: owner.checkpoint,
      refusal: (row) => owner.refusal(row),
      refusalOf: (output, row) => owner.refusalOf(output, row),
      async commit(epoch, output) {
        if (output.rows.length > 0 && ++commits === stopBefore)
          process.kill(process.pid, 'SIGSTOP');
        await owner.commit(epoch, output);
      },
      close: () => owner.close(),
    };
  },
});
const windows =
  work === 'songs' ? songsJob(log, prefix, reading) : listenersJob(log, prefix, reading);
let written = 0;
const dying = () => {
  if (++written === killBehindRows) process.kill(process.pid, 'SIGKILL');
};
const target =
  sink === 'kafka'
    ? windows.into
    : naiveSink(log.topic(topicsOf(prefix).windows, Counted), `${prefix}-naive`, dying);
const counting = startJob({
  ...windows,
  ...settings,
  into: stopping(target),
  onCommit: ({ epoch }: CommitReport) => say({ committed: epoch }),
  onFenced: (partition, cause) => say({ fenced: partition, cause: cause.message }),
});
const jobs: readonly RunningJob[] = [
  counting,
  ...(work === 'songs' ? [startJob({ ...rekeyJob(log, prefix, reading), ...settings })] : []),
];

let held = '';
const watch = setInterval(() => {
  const holds = counting.partitions;
  if (String(holds) !== held) say({ holds });
  held = String(holds);
}, 50);
process.once('SIGTERM', () => {
  for (const job of jobs) job.stop();
});
try {
  await Promise.all(jobs.map(({ done }) => done));
} catch (cause) {
  say({ failure: String(cause) });
  throw cause;
} finally {
  clearInterval(watch);
}
await log.close();
