import { fileRegistry, type JobOptions, startJob } from '@streamify/core';
import { kafkaLog } from '@streamify/kafka';
import { type JobName, jobs } from './jobs.ts';

/**
 * One process of a job: says that it is ready, starts when it is told to, and tells of each commit.
 * Arguments: the job, whether it waits for more or completes, the topic of listens, the run, the
 * folder of the schemas, the brokers.
 */
const [job, atEnd, listens = '', name = '', schemas = '', brokers = ''] = process.argv.slice(2);
const log = kafkaLog({ brokers: brokers.split(','), registry: fileRegistry({ dir: schemas }) });
await log.partitions(listens);
const told = (message: string) =>
  new Promise<void>((resolve) => {
    process.on('message', (each) => {
      if (each === message) resolve();
    });
  });
process.send?.({ kind: 'ready' });
await told('start');
const made = jobs[job as JobName](log, { listens, run: name });
const running = startJob({
  ...(made as JobOptions<never, unknown>),
  atEnd: atEnd as 'wait' | 'complete',
  onCommit: ({ counts }) => process.send?.({ kind: 'committed', in: counts['in'] ?? 0 }),
});
void told('stop').then(() => running.stop());
await running.done;
await log.close();
const { user, system } = process.cpuUsage();
process.send?.({ kind: 'done', cpuSeconds: (user + system) / 1e6 });
process.disconnect();
