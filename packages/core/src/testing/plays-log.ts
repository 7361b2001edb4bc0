import { defineEvent, type EventValue } from '../codec/define-event.ts';
import type { EventLog } from '../log/event-log.ts';
import { memoryLog } from '../log/memory-log.ts';
import type { Topic } from '../log/topic.ts';

/** The event type of the engine's own tests. */
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

/** When every record of a {@link playsLog} was appended, in epoch milliseconds. */
export const LOGGED_AT = 1_000_000;

/** `count` plays from `first` on, 10 ms apart, by seven listeners. */
export function plays(count: number, first = 0): Play[] {
  return Array.from({ length: count }, (_, i) => {
    const id = first + i;
    return { id, listener: `u${id % 7}`, at: id * 10 };
  });
}

/** A memory log with a topic of plays. */
export async function playsLog(
  values: readonly Play[],
  partitions = 1,
): Promise<{ readonly log: EventLog; readonly topic: Topic<Play> }> {
  const log = memoryLog({ now: () => LOGGED_AT });
  await log.createTopic('plays', { partitions });
  const topic = log.topic('plays', Play);
  await topic.publish(values);
  return { log, topic };
}
