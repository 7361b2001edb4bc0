import { defineEvent, type EventValue } from '@streamify/core';

/** The results of the troubled pipeline as events, for sinks that need a schema. */
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
