import type { StateChange } from '../contract/checkpoint.ts';

/**
 * The parts of a task's saved state that still count behind a change, oldest first. A sink keeps them
 * as bytes, names or numbers of epochs: `partOf` gives what stands for the one that the change adds.
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
