import type { StateChange } from '../contract/checkpoint.ts';

/**
 * Applies a change to the list of the parts of a task's saved state: gives those that still count, oldest
 * first. A sink may list their bytes, names or epochs: `partOf` gives the list's item for the part that the
 * change adds.
 */
export function stateAfter<Part>(
  before: readonly Part[],
  change: StateChange | undefined,
  partOf: (change: StateChange) => Part,
): readonly Part[] {
  if (!change) return before;
  const part = partOf(change);
  if (change.kind === 'replace') return [part];
  const all = [...before, part];
  return change.keep === undefined ? all : all.slice(Math.max(0, all.length - change.keep));
}
