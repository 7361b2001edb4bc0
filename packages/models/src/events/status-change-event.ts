import { defineEvent, type EventValue } from '@streamify/core';
import { auth, deviceFields, identityFields, level, userFields } from './fields.ts';

/** A listener submits an upgrade or a downgrade. `level` is the one they leave. Topic `status_change_events`. */
export const StatusChangeEvent = defineEvent(
  {
    type: 'record',
    name: 'StatusChangeEvent',
    namespace: 'streamify',
    doc: 'A listener submits an upgrade or a downgrade; level is the one they leave.',
    fields: [...identityFields, auth, level, ...deviceFields, ...userFields],
  },
  { time: 'ts', key: 'deviceId' },
);
export type StatusChangeEvent = EventValue<typeof StatusChangeEvent>;
