import { AuthEvent } from './events/auth-event.ts';
import { ListenEvent } from './events/listen-event.ts';
import { PageViewEvent } from './events/page-view-event.ts';
import { StatusChangeEvent } from './events/status-change-event.ts';

/** The four topics of the music service and what each carries. */
export const topics = {
  listen_events: ListenEvent,
  page_view_events: PageViewEvent,
  auth_events: AuthEvent,
  status_change_events: StatusChangeEvent,
} as const;
export type TopicName = keyof typeof topics;
