import { defineEvent, type EventValue } from '@streamify/core';

/** The event type of tests to which it does not matter what happened. */
export const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'listener', type: 'string' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  },
  { time: 'at', key: 'listener' },
);
export type Play = EventValue<typeof Play>;

/** `count` plays from `first` on, 10 ms apart, by seven listeners. */
export function plays(count: number, first = 0): Play[] {
  return Array.from({ length: count }, (_, i) => {
    const id = first + i;
    return { id, listener: `u${id % 7}`, at: id * 10 };
  });
}
