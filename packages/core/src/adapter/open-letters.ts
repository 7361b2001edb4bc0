import { type DeadLetter, letterId } from '../contract/dead-letter.ts';

/** Gives the dead letters that are still open: those that were not re-driven. */
export function openLetters(
  letters: readonly DeadLetter[],
  redriven: Iterable<string>,
): readonly DeadLetter[] {
  const closed = new Set(redriven);
  return closed.size === 0 ? letters : letters.filter((letter) => !closed.has(letterId(letter)));
}
