import { fileRegistry, type JobOptions, run } from '@streamify/core';
import { kafkaLog } from '@streamify/kafka';
import { type JobName, jobs } from './jobs.ts';

/**
 * One process of a job: says that it is ready, starts when it is told to, and says what it did.
 * Arguments: the job, the topic of listens, the run, the folder of the schemas, the brokers.
 */
const [job, listens = '', name = '', schemas = '', brokers = ''] = process.argv.slice(2);
const log = kafkaLog({ brokers: brokers.split(','), registry: fileRegistry({ dir: schemas }) });
await log.partitions(listens);
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
const made = jobs[job as JobName](log, { listens, run: name });
const { counts } = await run(made as JobOptions<never, unknown>);
const { user, system } = process.cpuUsage();
await log.close();
process.send?.({ counts, cpuSeconds: (user + system) / 1e6 });
process.disconnect();
