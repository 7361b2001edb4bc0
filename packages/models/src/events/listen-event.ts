import { defineEvent, type EventValue } from '@streamify/core';
import { auth, deviceFields, identityFields, level, songFields, userFields } from './fields.ts';

/** A song starts to play. Topic `listen_events`. */
export const ListenEvent = defineEvent(
  {
    type: 'record',
    name: 'ListenEvent',
    namespace: 'streamify',
    doc: 'A song starts to play.',
    fields: [...identityFields, auth, level, ...songFields, ...deviceFields, ...userFields],
  },
  { time: 'ts', key: 'deviceId' },
);
export type ListenEvent = EventValue<typeof ListenEvent>;
