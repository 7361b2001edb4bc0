import { fileRegistry } from '@streamify/core';
import { kafkaLog } from '@streamify/kafka';
import { measure } from '../measure.ts';
import { type StageContext, type StageName, stages } from './stages.ts';

/** Runs one stage once, in a process of its own, and tells what it cost. Arguments: the stage, what it works on as JSON, the folder of the schemas. */
const [name = '', json = '', schemas = ''] = process.argv.slice(2);
const context = JSON.parse(json) as Omit<StageContext, 'log'>;
const log = kafkaLog({ brokers: context.brokers, registry: fileRegistry({ dir: schemas }) });
const stage = stages[name as StageName];
process.send?.(await measure(name, 1, () => stage({ ...context, log })));
await log.close();
process.disconnect();
