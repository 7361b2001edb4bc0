/**
 * Counts the letters that have to be put in, left out or changed to make one text of the other. Source:
 * Levenshtein, 1966.
 */
export function editDistance(one: string, other: string): number {
  const letters = [...other];
  let row = Array.from({ length: letters.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of letters.entries())
      next.push(
        Math.min(
          (row[j] as number) + (letter === wanted ? 0 : 1),
          (row[j + 1] as number) + 1,
          (next[j] as number) + 1,
        ),
      );
    row = next;
  }
  return row[letters.length] as number;
}
