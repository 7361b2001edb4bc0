import type { User } from '../model/user.ts';
import type { TopicEvents } from '../simulate.ts';
import type { RecordBlock } from './record-block.ts';

/** The topics in the order in which one action writes them. */
export const topicOrder = [
  'page_view_events',
  'listen_events',
  'auth_events',
  'status_change_events',
] as const satisfies readonly (keyof TopicEvents)[];

/** Writes what a user does next into a block: each record, and the action. */
export type RecordWriter = (user: User, block: RecordBlock) => void;

/** What a kind of page view is besides: each of these has a record of its own. */
export const isStatusChange = (page: string): boolean =>
  page === 'Submit Upgrade' || page === 'Submit Downgrade';
