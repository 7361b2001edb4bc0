import { defineEvent, type EventValue } from '@streamify/core';
import { auth, deviceFields, identityFields, level, songFields, userFields } from './fields.ts';

/** A page is requested; songs are pages too (`NextSong`). Topic `page_view_events`. */
export const PageViewEvent = defineEvent(
  {
    type: 'record',
    name: 'PageViewEvent',
    namespace: 'streamify',
    doc: 'A page is requested; songs are pages too (NextSong).',
    fields: [
      ...identityFields,
      { name: 'page', type: ['null', 'string'], default: null, doc: 'The page, such as Home.' },
      { name: 'method', type: ['null', 'string'], default: null, doc: 'HTTP method.' },
      { name: 'status', type: ['null', 'int'], default: null, doc: 'HTTP status.' },
      auth,
      level,
      ...songFields,
      ...deviceFields,
      ...userFields,
    ],
  },
  { time: 'ts', key: 'deviceId' },
);
export type PageViewEvent = EventValue<typeof PageViewEvent>;
