import { defineEvent, type EventValue } from '@streamify/core';
import { deviceFields, identityFields, level, userFields } from './fields.ts';

/** The outcome of a login: the page that follows it is logged in, or not. Topic `auth_events`. */
export const AuthEvent = defineEvent(
  {
    type: 'record',
    name: 'AuthEvent',
    namespace: 'streamify',
    doc: 'The outcome of a login.',
    fields: [
      ...identityFields,
      level,
      {
        name: 'success',
        type: ['null', 'boolean'],
        default: null,
        doc: 'Whether the listener is logged in now.',
      },
      ...deviceFields,
      ...userFields,
    ],
  },
  { time: 'ts', key: 'deviceId' },
);
export type AuthEvent = EventValue<typeof AuthEvent>;
