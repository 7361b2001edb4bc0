import { defineEvent } from '../codec/define-event.ts';
import type { EventValue } from '../contract/event-type.ts';

/** What a worker of the fault tests is to do. */
export interface WorkerJob {
  readonly dir: string;
  readonly sink: 'file' | 'naive file' | 'log' | 'naive log';
  /** Where in its first commit it sends itself the signal; never by default. */
  readonly point?: string | undefined;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
  readonly maxRecords: number;
}

/** The results of the troubled pipeline as events, for the topic that the log sink writes to. */
export const Sum = defineEvent(
  {
    type: 'record',
    name: 'Sum',
    fields: [
      { name: 'key', type: 'string' },
      { name: 'start', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'end', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'result', type: 'long' },
    ],
  },
  { time: 'start', key: 'key' },
);
export type Sum = EventValue<typeof Sum>;

export const TARGET_PARTITIONS = 3;
