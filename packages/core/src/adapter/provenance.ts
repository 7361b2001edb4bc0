import type { Position } from '../contract/event.ts';

/** Columns that sinks add to each row: where the event that caused it stands in the log. */
export const provenanceColumns = ['_topic', '_partition', '_offset'] as const;

/** The values of these columns. */
export function provenanceOf(
  cause: Position | undefined,
): Readonly<Record<(typeof provenanceColumns)[number], string | number | undefined>> {
  return { _topic: cause?.topic, _partition: cause?.partition, _offset: cause?.offset };
}
