export { AuthEvent } from './events/auth-event.ts';
export { ListenEvent } from './events/listen-event.ts';
export { PageViewEvent } from './events/page-view-event.ts';
export { StatusChangeEvent } from './events/status-change-event.ts';
export {
  type CleanEvent,
  cleanTopics,
  PlaysPerSong,
  playsPerSong,
  rawTables,
} from './tables.ts';
export { type TopicName, topics } from './topics.ts';
