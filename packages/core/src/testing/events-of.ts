import type { StreamEvent } from '../contract/event.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';

/**
 * Makes events from values, as a job would get them from one partition of a topic: one after the
 * other, each logged at its own time.
 *
 * @example
 * restartSafe(pipeline, eventsOf(Play, [{ at: 0, song: 'So What' }, { at: 1, song: 'Imagine' }]));
 */
export function eventsOf<T>(
  type: EventType<RecordSchema, T>,
  values: readonly T[],
): StreamEvent<T>[] {
  return values.map((value, offset) => {
    const time = type.timeOf(value);
    const position = { topic: type.schema.name, partition: 0, offset };
    return { value, key: type.keyOf(value), time, loggedAt: time, position };
  });
}
