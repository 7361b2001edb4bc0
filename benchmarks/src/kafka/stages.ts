import { randomUUID } from 'node:crypto';
import { clean, type EventLog, type JobOptions, run, type Sink } from '@streamify/core';
import { ListenEvent, rawTables } from '@streamify/models';
import { openWarehouse } from '@streamify/sink-duckdb';
import { ignoreElements } from 'rxjs';
import { nothing } from '../nothing.ts';
import { rules } from '../rules.ts';
import { bareKafka } from './bare.ts';

/** Where a stage finds its events, and a file that it may make. */
export interface StageContext {
  readonly log: EventLog;
  readonly brokers: readonly string[];
  readonly listens: string;
  readonly events: number;
  readonly partitions: number;
  readonly file: string;
}

type Stage = (context: StageContext) => Promise<number>;

/** What one process does with all listens by itself. Each gives how many there were. */
export const stages = {
  'bare kafkajs: eachBatch, avsc': ({ listens, events, ...context }) =>
    bareKafka(context).consume(listens, events),
  'engine: does nothing with them': (context) =>
    runJob(context, (events$) => events$.pipe(ignoreElements()), nothing),
  'engine: rows, into nothing': (context) => runJob(context, (events$) => events$, nothing),
  'by hand: kafkajs, avsc, appender': ({ listens, events, file, ...context }) =>
    bareKafka(context).land(listens, events, file),
  'W1: engine, clean, DuckDB': async (context) => {
    const warehouse = await openWarehouse({ path: context.file });
    const into = warehouse.table('listen_events', rawTables.listen_events);
    const events = await runJob(context, cleaned, into);
    await warehouse.close();
    return events;
  },
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof stages;

const cleaned = clean<ListenEvent, typeof rules>(rules, { time: 'ts' });

async function runJob<B>(
  { log, listens }: StageContext,
  through: JobOptions<ListenEvent, B>['through'],
  into: Sink<B>,
): Promise<number> {
  const from = log.topic(listens, ListenEvent);
  const { counts } = await run({
    name: `bench-${randomUUID()}`,
    from,
    through,
    into,
    atEnd: 'stop',
  });
  return counts['in'] ?? 0;
}
