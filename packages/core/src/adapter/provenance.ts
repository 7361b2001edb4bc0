import type { Position } from '../contract/event.ts';

/** Columns that sinks add to each row: the position in the log of the event that caused it. */
export const provenanceColumns = ['_topic', '_partition', '_offset'] as const;

/** Gives a row's values of the {@link provenanceColumns}. */
export function provenanceOf(
  cause: Position | undefined,
): Readonly<Record<(typeof provenanceColumns)[number], string | number | undefined>> {
  return { _topic: cause?.topic, _partition: cause?.partition, _offset: cause?.offset };
}
